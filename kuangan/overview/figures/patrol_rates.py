"""Completion rates of commissioners' patrols by county and month, from the duties themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from kuangan.base.period import Period, period_of
from kuangan.core.models import User
from kuangan.duty.queries import duties_visible_to
from kuangan.duty.status import Status, status_case

OBLIGATIONS = {"commissioner_weekly_patrol": "周巡查", "commissioner_month_cover": "月覆盖"}
JUDGED = (Status.met, Status.late, Status.overdue, Status.excused)
"""What is no longer open: an excuse lowers the rate as a duty that was not done."""


@dataclass(frozen=True)
class Rate:
    """How many of the duties that were to be done were done in time."""

    met: int
    judged: int

    @property
    def percent(self) -> int | None:
        """None where nothing was to be done."""
        return self.met * 100 // self.judged if self.judged else None


@dataclass(frozen=True)
class CountyRates:
    """A county's rates; ``months`` in the order asked for, each by obligation."""

    county: str
    months: tuple[Mapping[str, Rate], ...]


def months_before(last: Period, count: int) -> list[Period]:
    """So many months up to and with the last one, the oldest first."""
    months = [last]
    while len(months) < count:
        months.append(period_of("month", months[-1].first - timedelta(days=1)))
    return months[::-1]


def county_rates(user: User, months: Sequence[Period], at: datetime) -> list[CountyRates]:
    """Each county in sight, and the city's own mines, with its rates; one query."""
    counted = (
        duties_visible_to(user)
        .filter(obligation__in=OBLIGATIONS, cancelled_at=None, last_on__range=(months[0].first, months[-1].last))
        .annotate(status=status_case(at), month=TruncMonth("last_on"))
        .values("county__name", "obligation", "month")
        .annotate(judged=Count("pk", filter=Q(status__in=JUDGED)), met=Count("pk", filter=Q(status=Status.met)))
    )
    by_county: dict[str, dict[tuple[str, str], Rate]] = defaultdict(dict)
    for of_county in counted:
        key = (f"{of_county['month']:%Y-%m}", OBLIGATIONS[of_county["obligation"]])
        by_county[of_county["county__name"] or "市直"][key] = Rate(of_county["met"], of_county["judged"])
    return [
        CountyRates(
            county,
            tuple(
                {word: rates.get((month.key, word), Rate(0, 0)) for word in OBLIGATIONS.values()} for month in months
            ),
        )
        for county, rates in sorted(by_county.items())
    ]
