"""What moves do to the duty that a case is about."""

from kuangan.casework.models import Case, CaseMove
from kuangan.core.models import User
from kuangan.duty.actions import excuse
from kuangan.flow.following import consequence


@consequence("duty.excuse")
def excuse_duty(actor: User | None, case: Case, moved: CaseMove) -> None:
    """The duty is urged no more; it never counts as done."""
    if case.duty is None:
        raise LookupError(f"{case.number} is about no duty that could be excused")
    excuse(actor=actor, duty=case.duty, case=case.number, at=moved.at)
