"""What of the office falls due by itself: returns to be urged, presence checks to be asked, copies of what was withdrawn."""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.office.actions.urging import urge_due
from kuangan.office.actions.watch import ask_due
from kuangan.office.actions.withdrawing import take_back_left

_looked_on: date | None = None


def office_due(at: datetime) -> int:
    """One round; returns how many rows were dealt with."""
    return urge_due(at) + ask_due(at) + _copies_daily(at)


def _copies_daily(at: datetime) -> int:
    """At most one look a day and process: few copies outlive what they pass on."""
    global _looked_on  # noqa: PLW0603  # the sweep's own last look
    today = civil_date(at)
    if _looked_on == today:
        return 0
    count = take_back_left(at)
    _looked_on = today
    return count
