"""Meetings of a government below their cadence, for both levels."""

from datetime import datetime
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.base.text import says_something
from kuangan.corpus.rules._leadership import in_period, last_over
from kuangan.corpus.rules._ledger import entries_of
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Outcome
from kuangan.law.topic import LedgerFacts

REGISTER: Final = Cite("register", "1.1")
FIELDS: Final = ("agenda", "problems")
"""A meeting without these was not one that analyses the situation."""


def missed(facts: LedgerFacts, at: datetime, kind: str, who: str) -> Outcome:
    """No coal-safety meeting with agenda and analysis in the last period of ``kind`` that is over."""
    today = civil_date(at)
    period = last_over(kind, today, int(local("leadership.record_days", today).value))
    meetings = in_period(entries_of(facts, "coal_meeting"), period)
    if any(all(says_something(meeting.values.get(name)) for name in FIELDS) for meeting in meetings):
        return Clear()
    if meetings:
        reason = f"{who}{period.label}召开的煤矿安全生产会议没有议题或者没有分析研判突出问题，不计为召开"
        return Breach(reason, tuple(meeting.key for meeting in meetings), (REGISTER,), {"period": period.key})
    return Breach(f"{who}{period.label}未召开煤矿安全生产会议", (), (REGISTER,), {"period": period.key})
