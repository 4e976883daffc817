"""The end of a case, and the seat that a case of a single procedure takes until its matter is over."""

from datetime import datetime

from kuangan.casework.clocks import stop_all
from kuangan.casework.models import Case
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import CaseSubject, Procedure


def settle(case: Case, at: datetime) -> None:
    """A terminal state ends the case; a matter that is over gives its seat up."""
    law = procedure_by_id(case.procedure)
    state = law.state(case.state)
    if state.terminal and case.closed_at is None:
        stop_all(case, at)
        Case.objects.filter(pk=case.pk).update(closed_at=at)
    elif not state.terminal and case.closed_at is not None:
        Case.objects.filter(pk=case.pk).update(closed_at=None)
    seat = None if state.over else seat_of(case, law)
    if seat != case.seat:
        Case.objects.filter(pk=case.pk).update(seat=seat)


def seat_of(case: Case, law: Procedure) -> str | None:
    """The one seat of the case's unit, or of what is meant there, where the procedure is single."""
    if not law.single:
        return None
    of_unit = law.subject in (CaseSubject.mine, CaseSubject.unit)
    about = case.person_id or case.entry_id or case.duty_id or case.parent_id
    return f"{law.id}:{case.unit_id}" if of_unit else f"{law.id}:{law.subject}:{about}"
