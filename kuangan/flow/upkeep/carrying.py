"""Open cases in states that a new release of their procedure no longer has are taken where the procedure says."""

from datetime import datetime

from kuangan.casework.actions import carry_over
from kuangan.casework.models import Case
from kuangan.flow.live import announce_case
from kuangan.law.content import procedures


def carry_cases(at: datetime) -> int:
    """One round; returns how many were carried over."""
    count = 0
    for law in procedures():
        gone = {
            each for each in (*law.renamed, *law.closed_by) if law.state_now(each) in {state.id for state in law.states}
        }
        for case in Case.objects.filter(procedure=law.id, state__in=gone, closed_at=None) if gone else ():
            if carry_over(case=case, at=at):
                announce_case(case)
                count += 1
    return count
