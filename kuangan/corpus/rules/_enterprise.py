"""What rules on enterprise and workforce duties share: whether the mine works, its capacity, fund rates, days to look at."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from kuangan.base.clock import BEIJING, civil_date
from kuangan.base.period import Period, period_of, periods_between
from kuangan.law.local import local_decimal
from kuangan.law.rule import Clear, Outcome, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

WORKING: Final = ("producing", "building")
MONTHS: Final = 12
TONNES: Final = Decimal(10000)
"""Capacities are written in 万吨."""
NO_STATUS: Final = "一矿一册未登记生产建设状态"
DAYS_BACK: Final = 31
"""How many whole days rules on shifts look back."""


def idle(facts: LedgerFacts, *, producing: bool = False) -> Outcome | None:
    """Clear where the mine neither produces nor builds (or does not produce), Unknown without a status, None where it works.

    Of today, for rules on what stands today; conduct of a day gone by is judged by :func:`worked`.
    """
    status = facts.attributes.get("status")
    if status is None:
        return Unknown(NO_STATUS)
    return None if status in (("producing",) if producing else WORKING) else Clear()


def worked(facts: LedgerFacts, first: date, last: date, *, producing: bool = False) -> bool | None:
    """Whether the mine produced or built (or produced) on every day of a stretch (True) or on none (False).

    None: on some of them only, or nothing is on file for some.
    """
    spells = facts.spells.get("status", ())
    days = [first, *(day for day, _ in spells if first < day <= last)]
    allowed = ("producing",) if producing else WORKING
    states = {None if value is None else value in allowed for value in (facts.attribute("status", day) for day in days)}
    return states.pop() if len(states) == 1 else None


def capacities(facts: LedgerFacts, entry: EntryFact) -> tuple[Decimal, Decimal]:
    """Lowest and highest yearly capacity in tonnes that the entry and the mine's file of its day speak of."""
    written = [Decimal(entry.values["capacity_wt"]) * TONNES]
    on_file = facts.attribute("approved_capacity", entry.on)
    if on_file is not None:
        written.append(Decimal(on_file) * TONNES)
    return min(written), max(written)


def fund_rates(facts: LedgerFacts, on: date) -> tuple[Decimal, Decimal]:
    """Lowest and highest rate of the safety fund that may apply on a day; they are equal when all that matters is on file."""
    if facts.is_open_pit:
        rate = local_decimal("safety_fund.rate_open_pit", on)
        return rate, rate
    highest, raised, basic = (
        local_decimal("safety_fund.rate_highest", on),
        local_decimal("safety_fund.rate_raised", on),
        local_decimal("safety_fund.rate_basic", on),
    )
    grade, burst = facts.attribute("gas_grade", on), facts.attribute("rock_burst", on)
    water, fire = facts.attribute("hydrology", on), facts.attribute("spontaneous_combustion", on)
    if grade == "outburst" or burst == "yes":
        return highest, highest
    low = raised if grade == "high_gas" or water in ("complex", "extremely_complex") or fire == "easy" else basic
    if grade is None or burst is None:
        return low, highest
    return low, raised if None in (water, fire) else low


def fund_due(facts: LedgerFacts, sheet: EntryFact) -> Decimal:
    """What was due at the very least for a month: what the sheet says, or output and the lowest rate that may have applied."""
    stated, output = Decimal(sheet.values["due"]), Decimal(sheet.values["output_t"])
    return max(stated, output * fund_rates(facts, sheet.on)[0])


def whole_days(at: datetime, grace: timedelta) -> Iterator[date]:
    """The last days that ended at least ``grace`` ago, oldest first."""
    last = civil_date(at - grace) - timedelta(days=1)
    return (last - timedelta(days=back) for back in reversed(range(DAYS_BACK)))


def month_key(day: date) -> tuple[int, int]:
    return day.year, day.month


def missing_months(facts: LedgerFacts, entries: Iterable[EntryFact], period: Period, today: date) -> list[str]:
    """The months of a period that are over by ``today`` and have no sheet, however many others have; in their order.

    A month in which the mine is known not to have produced needs none.
    """
    there = {month_key(entry.on) for entry in entries}
    months = (entry for entry in periods_between("month", period.first, period.last) if entry.last < today)
    return [
        entry.label
        for entry in months
        if month_key(entry.first) not in there and worked(facts, entry.first, entry.last, producing=True) is not False
    ]


def by_period(entries: Iterable[EntryFact], kind: str) -> dict[Period, list[EntryFact]]:
    """Entries by the period they are dated in."""
    by_its_period: dict[Period, list[EntryFact]] = {}
    for entry in entries:
        by_its_period.setdefault(period_of(kind, entry.on), []).append(entry)
    return by_its_period


def moment(text: str) -> datetime:
    """A moment of an example, written in Beijing time."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
