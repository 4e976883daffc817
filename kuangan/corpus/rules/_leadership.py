"""What rules on leadership, supervision and risk share: periods that are over, mines at work, entries valid on a day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import Period, period_of, previous_period
from kuangan.law.rule import Clear, Outcome, Unknown
from kuangan.law.time.span import add_months
from kuangan.law.topic import EntryFact, LedgerFacts

AT_WORK: Final = ("producing", "building")


def not_at_work(facts: LedgerFacts) -> Outcome | None:
    """The outcome for a mine that neither produces nor builds, or of which that is unknown; None: it is at work."""
    status = facts.attributes.get("status")
    if status is None:
        return Unknown("煤矿的生产建设状态未登记")
    return None if status in AT_WORK else Clear()


def valid_on(entries: Iterable[EntryFact], day: date) -> list[EntryFact]:
    """Entries that had begun by ``day`` and not ended before it."""
    return [entry for entry in entries if entry.on <= day and (entry.until is None or entry.until >= day)]


def last_over(kind: str, today: date, record_days: int) -> Period:
    """The last period of a kind that was over, and could be written down for ``record_days`` days more, before ``today``."""
    return previous_period(period_of(kind, today - timedelta(days=record_days)))


def seen_whole(period: Period, today: date, window_days: int) -> bool:
    """Whether no day of a period lies before the window of a rule, so that what an entry says of it is held against all of it."""
    return period.first >= today - timedelta(days=window_days)


def in_period(entries: Iterable[EntryFact], period: Period) -> list[EntryFact]:
    return [entry for entry in entries if entry.on in period]


def months_passed(start: date, count: int, today: date) -> bool:
    """Whether ``count`` months have gone by since ``start``: the day of its number (or that month's last) has come.

    Counted forward from the start, as law counts: six months from 31 August are full on the last day of February.
    """
    return add_months(start, count) <= today


def unit_facts(unit: str, **entries: tuple[EntryFact, ...]) -> LedgerFacts:
    """The facts of an office for an example."""
    return LedgerFacts(unit, entries, {})


def noon(day: str) -> datetime:
    """A moment of an example: noon of a day."""
    return beijing_midnight(date.fromisoformat(day)) + timedelta(hours=12)
