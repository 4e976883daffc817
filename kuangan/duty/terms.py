"""By when a duty must be done and recorded, counted by the calendar in force now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kuangan.base.clock import beijing_midnight, civil_date, last_day
from kuangan.base.period import Period
from kuangan.base.workdays import Calendar
from kuangan.law.duty.obligation_file import Obligation, once_due_at
from kuangan.law.time.calendar import Years, workdays
from kuangan.law.time.span import Span, deadline

EVENT_MARK = "E"
"""Begins the period of a duty that follows an event."""
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Terms:
    """``due_at``: the first moment too late to have done it; ``grace_at``: too late to have recorded it here.

    ``provisional``: a year was used whose holidays are not published; ``missing`` of them have no table at all.
    """

    due_at: datetime
    grace_at: datetime
    provisional: bool
    missing: frozenset[int] = frozenset()


def period_terms(obligation: Obligation, period: Period) -> Terms:
    """The terms of a duty that is owed in a period."""
    years = Years(workdays().years)
    calendar = Calendar(years)
    return _terms(obligation, obligation.due_at(period, calendar), years, calendar)


def event_terms(obligation: Obligation, start: datetime, due_at: datetime | None = None) -> Terms:
    """The terms of a duty that follows an event at ``start``; ``due_at`` where the event itself names it."""
    years = Years(workdays().years)
    calendar = Calendar(years)
    return _terms(obligation, due_at or obligation.event_due_at(start, calendar, civil_date(start)), years, calendar)


def once_terms(obligation: Obligation) -> Terms:
    """The terms of a duty that is owed once."""
    years = Years(workdays().years)
    calendar = Calendar(years)
    return _terms(obligation, once_due_at(obligation, calendar), years, calendar)


def _terms(obligation: Obligation, due_at: datetime, years: Years, calendar: Calendar) -> Terms:
    grace_at = max(due_at, deadline(obligation.grace, _counted_from(obligation.grace, due_at), calendar))
    return Terms(due_at, grace_at, years.provisional, frozenset(years.missing))


def _counted_from(span: Span, due_at: datetime) -> datetime:
    """A due moment is the end of a day; days after it count from that day, hours from the moment."""
    return due_at if span.runs else due_at - INSTANT


def day_end(day: date) -> datetime:
    """The last moment of a civil day that the database can tell from the next day's first."""
    return beijing_midnight(day + timedelta(days=1)) - INSTANT


def event_period(due_at: datetime) -> str:
    """The key of the month in which something bound to an event falls due."""
    return f"{EVENT_MARK}{last_day(due_at):%Y-%m}"


def last_day_in_time(due_at: datetime, first: date) -> date:
    """The last day on which something due at ``due_at`` is in time."""
    return max(first, last_day(due_at))


def first_wake(obligation: Obligation, due_at: datetime) -> datetime | None:
    """The moment of the ladder's first rung."""
    return min((due_at + rung.after for rung in obligation.ladder), default=None)
