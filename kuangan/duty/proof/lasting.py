"""What may stop being done by itself: a standing duty whose evidence ran out, a duty that is owed of more persons than before."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from kuangan.base.clock import civil_date
from kuangan.core.actions import Line
from kuangan.core.bulk import update_rows
from kuangan.duty.credit import known_credits
from kuangan.duty.credits import lock_duties, settle
from kuangan.duty.models import Duty, Fulfilment


@transaction.atomic
def reopen_lapsed(at: datetime) -> int:
    """Duties of the current year of which less evidence holds than they need are open again, and urged from now on; how many.

    Every one of which some evidence ended is settled anew: what still holds may be too little, or not count.
    """
    today = civil_date(at)
    done = Duty.objects.filter(done_at__isnull=False, cancelled_at=None, first_on__lte=today, last_on__gte=today)
    ended = Fulfilment.objects.filter(
        duty=OuterRef("pk"), revoked_at=None, holds_from__isnull=False, holds_until__lt=today
    )
    settled = _settled(done.filter(Exists(ended)).values_list("pk", flat=True), {}, at)
    return sum(duty.done_at is None for duty in settled)


@transaction.atomic
def ask_for(*, needed: Mapping[int, int], at: datetime) -> int:
    """Ask for as many fulfilments as there are persons or things to be done for, by the duty's key; how many changed."""
    return len(_settled(needed, needed, at))


def _settled(keys: Iterable[int], needed: Mapping[int, int], at: datetime) -> list[Duty]:
    duties = lock_duties(set(keys))
    if not duties:
        return []
    lines = []
    for key, duty in duties.items():
        if key in needed:
            data = {"before": {"needed": duty.needed}, "after": {"needed": needed[key]}}
            lines.append(Line(duty, "duty_recomputed", data))
            duty.needed = needed[key]
    update_rows("duty_duty", {"needed": "smallint"}, [(key, duties[key].needed) for key in needed if key in duties])
    settle(list(duties.values()), known_credits(duties), lines, at)
    return list(duties.values())
