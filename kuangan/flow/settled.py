"""Cases about a duty that was done or cancelled meanwhile end by the platform."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q

from kuangan.casework.attempts import own_step
from kuangan.casework.models import Case
from kuangan.core.actions import tell_aside
from kuangan.core.apart import Aside, apart
from kuangan.flow.act import advance

STAGE: Final = "settled_duties"
"""The key of the incident that some cases could not be ended."""
SETTLED: Final = Q(duty__done_at__isnull=False) | Q(duty__cancelled_at__isnull=False)


def end_settled(at: datetime) -> int:
    """One round; returns how many ended. A case that cannot be ended is said, and its neighbours go on."""
    cases = list(Case.objects.filter(SETTLED, closed_at=None, duty__isnull=False).select_related("duty").order_by("pk"))
    ended, aside = apart(cases, lambda part: _ended(part, at), most=len(cases))
    told = [Aside(bad.row.number, bad.error) for bad in aside]
    tell_aside(stage=STAGE, label="事项已办结的办件", aside=told, at=at)
    return sum(ended)


def _ended(cases: Sequence[Case], at: datetime) -> int:
    """Each by the step that its procedure has for it, where it has one."""
    count = 0
    for case in cases:
        step = own_step(case, at)
        if step is not None:
            advance(actor=None, case=case, move_id=step.id, at=at)
            count += 1
    return count
