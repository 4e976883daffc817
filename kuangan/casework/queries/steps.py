"""What happened in a case, as far as a reader may know: its steps, its clocks, what was sent, the files."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from kuangan.casework.models import Case, CaseCall, CaseClock, CaseMove, CaseNotice
from kuangan.casework.queries.kinds import any_of
from kuangan.casework.queries.sight import concerns, is_told_only
from kuangan.core.models import Attachment, User
from kuangan.core.queries import is_supervised, visible_to
from kuangan.law.content import procedure_by_id, procedures

Row = TypeVar("Row", bound=Model)


def moves_visible_to(user: User, case: Case) -> QuerySet[CaseMove]:
    """The steps of a case in sight; the supervised see no internal one, and none since the case went into an internal state."""
    moves = case.moves.all()
    law = procedure_by_id(case.procedure)
    if not is_told_only(user, case):
        return moves
    moves = moves.exclude(move__in=law.internal_moves)
    if not law.state(case.state).internal:
        return moves
    entered = case.moves.filter(target__in=law.internal_states).exclude(source__in=law.internal_states)
    newest = entered.order_by("-at", "-pk").first()
    return moves.exclude(pk__gte=newest.pk) if newest else moves.none()


def files_of(user: User, case: Case) -> QuerySet[Attachment]:
    """The files that were added to the steps of a case that the user may see."""
    seen = moves_visible_to(user, case).order_by().values("attachments")
    return Attachment.objects.filter(pk__in=seen)


def clocks_visible_to(user: User, case: Case) -> QuerySet[CaseClock]:
    """The clocks of a case in sight; the supervised see none that run inside the department."""
    clocks = case.clocks.all()
    if is_told_only(user, case):
        return clocks.exclude(clock__in=procedure_by_id(case.procedure).internal_clocks)
    return clocks


def without_internal(user: User, clocks: QuerySet[CaseClock]) -> QuerySet[CaseClock]:
    """The clocks without those that run inside the department, for whom that is kept from."""
    if is_supervised(user):
        return clocks.exclude(_internal_clocks())
    concerned = concerns(user, "case__")
    return clocks if concerned is None else clocks.exclude(concerned & _internal_clocks())


def _internal_clocks() -> Q:
    laws = (law for law in procedures() if law.internal_clocks)
    return any_of(Q(case__procedure=law.id, clock__in=law.internal_clocks) for law in laws)


def notices_visible_to(user: User, case: Case) -> QuerySet[CaseNotice]:
    """What was sent on behalf of a case in sight; who is only told sees what went to his own units."""
    return _to_own_units(user, case, case.notices.all(), "notice__unit")


def calls_visible_to(user: User, case: Case) -> QuerySet[CaseCall]:
    """Who was rung up for a case in sight; who is only told sees calls to his own units."""
    return _to_own_units(user, case, case.calls.all(), "call__unit")


def _to_own_units(user: User, case: Case, sent: QuerySet[Row], unit: str) -> QuerySet[Row]:
    """For who is only told, what went to his units, but not to the office that deals with the case, even where that is below him."""
    if not is_told_only(user, case):
        return sent
    seen = visible_to(user, sent, f"{unit}__path")
    return seen.exclude(**{unit: case.office_id}) if case.office_id else seen
