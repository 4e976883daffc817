"""Urging by hand keeps its measure: the same person, matter and unit not again at once, and a few times a day."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, Urging, User
from kuangan.law.local import local, local_span

DAY = timedelta(days=1)
Target = tuple[str, int]
"""The name of a matter, and the key of the unit that is urged."""


@transaction.atomic
def count_urges(*, actor: User, targets: Iterable[tuple[str, Unit]], at: datetime) -> set[Target]:
    """Note the urges that keep the measure, and return them; the others are to be left out.

    Refused, in words, when none does. Urges of one person are counted one after the other, so that a double press is one.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    wanted = {(matter, unit.pk) for matter, unit in targets}
    earlier = _earlier(actor, wanted, at)
    day = clock.civil_date(at)
    gap = local_span("sending.urge_gap", day).length
    most = int(local("sending.urges_per_day", day).value)
    allowed = {target for target in wanted if _keeps(earlier.get(target, []), at, gap, most)}
    if wanted and not allowed:
        raise Refused(_refusal(earlier, gap, most, at))
    Urging.objects.bulk_create([Urging(matter=matter, by=actor, to_id=unit, at=at) for matter, unit in sorted(allowed)])
    return allowed


def _earlier(actor: User, wanted: set[Target], at: datetime) -> dict[Target, list[datetime]]:
    """The moments of the last day at which the actor urged these, in their order."""
    urgings = Urging.objects.filter(by=actor, matter__in={matter for matter, _ in wanted}, at__gt=at - DAY, at__lte=at)
    moments: dict[Target, list[datetime]] = {}
    for matter, unit, moment in urgings.order_by("at").values_list("matter", "to", "at"):
        moments.setdefault((matter, unit), []).append(moment)
    return moments


def _keeps(moments: list[datetime], at: datetime, gap: timedelta, most: int) -> bool:
    return not moments or (moments[-1] + gap <= at and len(moments) < most)


def _refusal(earlier: dict[Target, list[datetime]], gap: timedelta, most: int, at: datetime) -> str:
    """Until when nothing more is sent, of that which may be urged again first."""
    free = min(
        max(moments[-1] + gap, moments[-most] + DAY if len(moments) >= most else at) for moments in earlier.values()
    )
    minutes = int(gap.total_seconds() // 60)
    return (
        f"您刚就同一事项催办过所选单位：{minutes}分钟内不重复催办，24小时内最多{most}次。"
        f"请在{clock.civil(free):%m月%d日%H:%M}后再催办；情况紧急的，请电话联系。"
    )
