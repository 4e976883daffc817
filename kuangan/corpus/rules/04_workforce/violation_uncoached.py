"""“三违”人员没有按期帮教。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "4.1"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Violations whose time for coaching is over; the person is not named in the finding."""
    today = civil_date(at)
    late = [
        entry for entry in entries_of(facts, "violation") if "coached_on" not in entry.values and _over(entry, today)
    ]
    return judged("“三违”人员没有按期帮教", (Fault(entry.key, _text(entry)) for entry in late), CITES)


def _over(entry: EntryFact, today: date) -> bool:
    return today > local_span("violation.coach_within", entry.on).after(entry.on)


def _text(entry: EntryFact) -> str:
    return f"{date_text(entry.on)}{entry.values['department']}{entry.values['team']}一起"


def _case(**more: object) -> LedgerFacts:
    return facts_of({"violation": (entry("a", "2026-03-12", department="掘进二队", team="检修班", **more),)})


_LAST = moment("2026-03-27T23:59")
_OVER = moment("2026-03-28T00:00")

RULE = Rule(
    id="violation_uncoached",
    title="“三违”人员未按期帮教",
    measure="4.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("4.1d",),
    about="mine",
    reads=("violation",),
    window_days=366,
    examples=(
        Example("第15日仍在期限内", _case(), _LAST, Clear),
        Example("超过15日", _case(), _OVER, Breach, ("a",)),
        Example("已帮教", _case(coached_on=date(2026, 3, 13)), _OVER, Clear),
    ),
)
