"""On-time rates (按期完成率): how many of the duties that fell due in a span were done in time, by tier, month and unit."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import TruncMonth

from kuangan.base.clock import BEIJING, beijing_midnight, day_after
from kuangan.base.period import Period, period_of, previous_period
from kuangan.core.models import UnitKind
from kuangan.duty.models import Duty
from kuangan.duty.status import status_case
from kuangan.overview.board.counts import Counts

TIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "city": (UnitKind.city_government, UnitKind.city_bureau, UnitKind.city_coal_section),
    "county": (UnitKind.county_government, UnitKind.county_bureau),
    "company": (UnitKind.company,),
    "mine": (UnitKind.mine,),
}
TIER_TEXT: Final = {"city": "市级", "county": "县级", "company": "上级公司", "mine": "煤矿"}
_INSTANT: Final = ExpressionWrapper(Value(timedelta(microseconds=1)), output_field=DurationField())
"""A due time is the first moment too late, so the day before it is the last day."""


def due_between(first: date, last: date) -> Q:
    """Duties whose last day lies in ``first`` … ``last``."""
    return Q(due_at__gt=beijing_midnight(first), due_at__lte=beijing_midnight(day_after(last)))


def share(counts: Counts) -> Decimal | None:
    """Done in time, in percent of what has fallen due with one decimal; excused ones were not done. None when nothing has."""
    fallen = counts.due - counts.open
    if not fallen:
        return None
    return (Decimal(100 * counts.met) / fallen).quantize(Decimal("0.1"), ROUND_HALF_UP)


def fallen(duties: QuerySet[Duty], first: date, last: date, at: datetime) -> QuerySet[Any]:
    """Of some duties those whose last day lies in the span, known at ``at``, with their status then; cancelled ones left out."""
    known = duties.filter(due_between(first, last), opened_at__lte=at)
    return known.exclude(cancelled_at__lte=at).annotate(status=status_case(at)).order_by()


def by_unit(duties: QuerySet[Duty], first: date, last: date, at: datetime) -> dict[int, Counts]:
    """Counts of what fell due in the span, by unit; one query."""
    by_unit_id: dict[int, Counts] = defaultdict(Counts)
    for unit_id, status, number in (
        fallen(duties, first, last, at).values_list("unit_id", "status").annotate(number=Count("pk"))
    ):
        by_unit_id[unit_id].count(status, number)
    return by_unit_id


def by_measure(duties: QuerySet[Duty], first: date, last: date, at: datetime) -> dict[str, Counts]:
    """Counts of what fell due in the span, by measure; one query."""
    of_measure: dict[str, Counts] = defaultdict(Counts)
    for code, status, number in (
        fallen(duties, first, last, at).values_list("measure", "status").annotate(number=Count("pk"))
    ):
        of_measure[code].count(status, number)
    return of_measure


@dataclass(frozen=True)
class Trend:
    """Counts by tier in the last months, the oldest first."""

    months: tuple[Period, ...]
    counts: Mapping[tuple[str, str], Counts]

    def of(self, tier: str, month: Period) -> Counts:
        """One tier's counts in a month."""
        return self.counts.get((tier, month.key)) or Counts()


def trend(duties: QuerySet[Duty], day: date, at: datetime, months: int = 12) -> Trend:
    """The months up to that of ``day``; one query."""
    shown = [period_of("month", day)]
    while len(shown) < months:
        shown.append(previous_period(shown[-1]))
    shown.reverse()
    by_tier: dict[tuple[str, str], Counts] = defaultdict(Counts)
    grouped = fallen(duties, shown[0].first, shown[-1].last, at).annotate(
        month=TruncMonth(F("due_at") - _INSTANT, tzinfo=BEIJING)
    )
    for month, kind, status, number in grouped.values_list("month", "unit__kind", "status").annotate(
        number=Count("pk")
    ):
        tier = tier_of(kind)
        if tier:
            by_tier[tier, period_of("month", month.astimezone(BEIJING).date()).key].count(status, number)
    return Trend(tuple(shown), by_tier)


def tier_of(kind: str) -> str:
    """The tier of a kind of unit; empty for one that owes nothing."""
    return next((tier for tier, kinds in TIERS.items() if kind in kinds), "")
