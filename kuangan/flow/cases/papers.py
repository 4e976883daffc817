"""What follows for papers: service, publication."""

from datetime import datetime

from kuangan.casework.attempts import newest_of
from kuangan.casework.models import Case, CaseMove
from kuangan.core.models import User
from kuangan.core.signing import Confirmation
from kuangan.duty.actions import prove
from kuangan.duty.models import Source
from kuangan.duty.proof.grades import Grade
from kuangan.paper.actions import publish_paper, serve_paper
from kuangan.paper.models import Paper


def newest_paper(case: Case, template: str, party: int = 0) -> Paper:
    """The case's newest frozen paper of a template (about a party). Raises ``LookupError`` naming the case."""
    paper = newest_of(case, template, party)
    if paper is None:
        raise LookupError(f"{case.number} 没有已定稿的文书 {template}")
    return paper


def serve_newest(
    actor: User | None, case: Case, moved: CaseMove, template: str, confirmation: Confirmation | None
) -> None:
    """The case's newest paper of a template counts as served at the moment stated, which a receipt proves; else through the platform, now."""
    paper, values = newest_paper(case, template, moved.party), {**_through_the_platform(case, moved), **moved.inputs}
    stated = datetime.fromisoformat(values["served_at"])  # to the minute, the paper to the second
    serve_paper(
        actor=actor,
        paper=paper,
        method=str(values["method"]),
        receiver=str(values["receiver"]),
        confirmation=confirmation,
        at=max(stated, paper.frozen_at or stated),
        receipt=moved.attachments.first(),
    )
    prove(actor=actor, source=Source.paper, key=str(paper.pk), grade=Grade.accepted, at=moved.at)


def _through_the_platform(case: Case, moved: CaseMove) -> dict[str, str]:
    """What a move states about service that asks nobody how it was done."""
    return {"served_at": moved.at.isoformat(), "method": "electronic", "receiver": case.unit.name}


def number_frozen(case: Case, at: datetime) -> str:
    """The number of the paper that the case's step of this moment froze; "" where it froze none."""
    frozen = case.papers.filter(paper__frozen_at=at).order_by("-pk").values_list("paper__number", flat=True)
    return frozen.first() or ""


def publish_newest(
    actor: User | None, case: Case, moved: CaseMove, template: str, confirmation: Confirmation | None
) -> None:
    """The case's newest paper of a template is shown to the public."""
    paper = newest_paper(case, template, moved.party)
    publish_paper(actor=actor, paper=paper, confirmation=confirmation, public_data=paper.data, at=moved.at)
