"""What rules on enterprise and workforce duties share: whether the mine works, its capacity, fund rates, days to look at."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from kuangan.base.clock import BEIJING, civil_date
from kuangan.law.local import local_decimal
from kuangan.law.rule import Clear, Outcome, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

WORKING: Final = ("producing", "building")
TONNES: Final = Decimal(10000)
"""Capacities are written in 万吨."""
DAYS_BACK: Final = 31
"""How many whole days rules on shifts look back."""


def idle(facts: LedgerFacts, *, producing: bool = False) -> Outcome | None:
    """Clear where the mine neither produces nor builds (or does not produce), Unknown without a status, None where it works."""
    status = facts.attributes.get("status")
    if status is None:
        return Unknown("一矿一册未登记生产建设状态")
    return None if status in (("producing",) if producing else WORKING) else Clear()


def capacities(facts: LedgerFacts, entry: EntryFact) -> tuple[Decimal, Decimal]:
    """Lowest and highest yearly capacity in tonnes that the entry and the mine's file speak of."""
    written = [Decimal(entry.values["capacity_wt"]) * TONNES]
    if "approved_capacity" in facts.attributes:
        written.append(Decimal(facts.attributes["approved_capacity"]) * TONNES)
    return min(written), max(written)


def fund_rates(facts: LedgerFacts, on: date) -> tuple[Decimal, Decimal]:
    """Lowest and highest rate of the safety fund that may apply; they are equal when all that matters is on file."""
    highest, raised, basic = (
        local_decimal("safety_fund.rate_highest", on),
        local_decimal("safety_fund.rate_raised", on),
        local_decimal("safety_fund.rate_basic", on),
    )
    grade, burst = facts.attributes.get("gas_grade"), facts.attributes.get("rock_burst")
    water, fire = facts.attributes.get("hydrology"), facts.attributes.get("spontaneous_combustion")
    if grade == "outburst" or burst == "yes":
        return highest, highest
    low = raised if grade == "high_gas" or water in ("complex", "extremely_complex") or fire == "easy" else basic
    if grade is None or burst is None:
        return low, highest
    return low, raised if None in (water, fire) else low


def whole_days(at: datetime, grace: timedelta) -> Iterator[date]:
    """The last days that ended at least ``grace`` ago, oldest first."""
    last = civil_date(at - grace) - timedelta(days=1)
    return (last - timedelta(days=back) for back in reversed(range(DAYS_BACK)))


def month_key(day: date) -> tuple[int, int]:
    """Year and month."""
    return day.year, day.month


def missing_months(entries: Sequence[EntryFact]) -> int:
    """How many months between the first and the last entry have none."""
    if not entries:
        return 0
    first, last = entries[0].on, entries[-1].on
    expected = (last.year - first.year) * 12 + last.month - first.month + 1
    return expected - len({month_key(entry.on) for entry in entries})


def moment(text: str) -> datetime:
    """A moment of an example, written in Beijing time."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
