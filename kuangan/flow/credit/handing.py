"""A case that the level above has taken over: what its papers show to be done is owed by who took it, no more by who let it lie."""

from datetime import datetime
from typing import Final

from kuangan.casework.models import Case, CaseMove
from kuangan.casework.relations import related_units
from kuangan.core.models import Unit, User
from kuangan.duty.actions import Following, cancel, open_events
from kuangan.duty.models import Duty
from kuangan.duty.owing import SUPERVISOR
from kuangan.duty.queries import OPEN
from kuangan.law.content import procedure_by_id
from kuangan.law.duty.obligation_file import EVENT, Obligation, obligations

HANDED: Final = "本件已由上级提级办理"


def hand_over(case: Case, moved: CaseMove, actor: User | None) -> list[Duty]:
    """The relieved body's open duties that the case's papers fulfil are the taker's, each with its own term from now on; returns those."""
    taker, relieved = case.taken_over_by, related_units(case).get("relieved")
    laws = _shown_by_papers_of(case)
    if taker is None or relieved is None or not laws:
        return []
    waiting = Duty.objects.filter(OPEN, obligation__in=laws, unit=relieved, mine=case.mine).order_by("pk")
    left = list(waiting.select_related("mine"))
    if not left:
        return []
    cancel(actor=actor, duties=left, reason=HANDED, at=moved.at)
    following = [_taken(duty, laws[duty.obligation], taker, moved.at) for duty in left]
    return open_events(following, actor=actor, at=moved.at)


def _taken(duty: Duty, law: Obligation, taker: Unit, at: datetime) -> Following:
    """The same duty of the taker, whose span begins now; a day that the event itself named stays."""
    due_at = None if law.span or law.span_key else duty.due_at
    return Following(law, taker, at, due_at, duty.subject, duty.title, duty.mine, role=duty.role)


def _shown_by_papers_of(case: Case) -> dict[str, Obligation]:
    """The supervising body's obligations that follow an event and are done by a paper which this procedure freezes."""
    moves = procedure_by_id(case.procedure).moves
    frozen = {use.template for move in moves for use in move.papers if use.frozen}
    return {
        law.id: law
        for law in obligations().values()
        if law.owner == SUPERVISOR and law.cadence == EVENT and any(proof.paper in frozen for proof in law.evidence)
    }
