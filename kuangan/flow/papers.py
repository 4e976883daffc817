"""What follows for papers: service, publication."""

from datetime import datetime

from kuangan.casework.models import Case, CaseMove
from kuangan.core.models import User
from kuangan.paper.actions import publish_paper, serve_paper
from kuangan.paper.models import Paper


def newest_paper(case: Case, template: str) -> Paper:
    """The case's newest frozen paper of a template. Raises ``LookupError`` naming the case."""
    link = case.papers.filter(paper__template=template).exclude(paper__state="draft").select_related("paper").last()
    if link is None:
        raise LookupError(f"{case.number} 没有已定稿的文书 {template}")
    return link.paper


def serve_order(actor: User | None, case: Case, moved: CaseMove) -> None:
    """The order counts as served at the moment stated; the receipt proves it."""
    _serve(actor, newest_paper(case, "onsite_decision"), moved)


def serve_extension(actor: User | None, case: Case, moved: CaseMove) -> None:
    """As :func:`serve_order`, for the newest extension."""
    _serve(actor, newest_paper(case, "suspension_extension"), moved)


def _serve(actor: User | None, paper: Paper, moved: CaseMove) -> None:
    values = moved.inputs
    stated = datetime.fromisoformat(values["served_at"])  # to the minute, the paper to the second
    serve_paper(
        actor=actor,
        paper=paper,
        method=str(values["method"]),
        receiver=str(values["receiver"]),
        at=max(stated, paper.frozen_at or stated),
        receipt=moved.attachments.first(),
    )


def publish_stop(actor: User | None, case: Case, moved: CaseMove) -> None:
    """The public notice of the stop."""
    paper = newest_paper(case, "suspension_notice")
    publish_paper(actor=actor, paper=paper, public_data=paper.data, at=moved.at)


def publish_resumption(actor: User | None, case: Case, moved: CaseMove) -> None:
    """The public notice that the mine produces again."""
    paper = newest_paper(case, "resumption_notice")
    publish_paper(actor=actor, paper=paper, public_data=paper.data, at=moved.at)
