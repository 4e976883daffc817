"""How many alarms and silences those on duty were told of, hour by hour."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, QuerySet

from kuangan.core.models import Notice, Unit, User
from kuangan.core.queries import visible_to
from kuangan.law.role import Role

KINDS: Final = ("alarm", "silence")
HOUR: Final = timedelta(hours=1)
TEN_MINUTES: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class DeskHour:
    """One desk in one clock hour: notices, the cases that they told of, how many told of several, the most within ten minutes."""

    unit_name: str
    start: datetime
    notices: int
    cases: int
    summaries: int
    most_in_ten: int


def told_to_desk(unit: Unit, since: datetime, until: datetime) -> QuerySet[Notice]:
    """What those on duty at a unit were told of after ``since``, up to ``until``."""
    return _told(since, until).filter(unit=unit)


def desk_hours(reader: User, since: datetime, until: datetime) -> list[DeskHour]:
    """The hours in which a desk in sight was told of something, the newest first; one query."""
    told = visible_to(reader, _told(since, until), "unit__path")
    told = told.annotate(cases=Count("case_link")).order_by("created_at")
    groups: dict[tuple[str, datetime], list[tuple[datetime, int]]] = defaultdict(list)
    for name, at, cases in told.values_list("unit__name", "created_at", "cases"):
        groups[name, at.replace(minute=0, second=0, microsecond=0)].append((at, cases))
    hours = [_hour(name, start, told) for (name, start), told in groups.items()]
    return sorted(hours, key=lambda hour: (-hour.start.timestamp(), hour.unit_name))


def most_within(moments: Sequence[datetime], span: timedelta = TEN_MINUTES) -> int:
    """The most of these moments, in order, that lie within one span."""
    first = most = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= span:
            first += 1
        most = max(most, last - first + 1)
    return most


def _told(since: datetime, until: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(created_at__gt=since, created_at__lte=until, role=Role.duty_officer, kind__in=KINDS)


def _hour(name: str, start: datetime, told: Sequence[tuple[datetime, int]]) -> DeskHour:
    counts = [max(cases, 1) for _, cases in told]
    summaries = sum(1 for count in counts if count > 1)
    return DeskHour(name, start, len(told), sum(counts), summaries, most_within([at for at, _ in told]))
