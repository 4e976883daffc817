"""标准化等级已过有效期仍在生产建设。"""

from datetime import UTC, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "5.1")
WORKING = ("producing", "building")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest grade of a working mine has run out; the last day of validity still counts."""
    status = facts.attributes.get("status")
    if status is not None and status not in WORKING:
        return Clear()
    grades = newest(entries_of(facts, "standardization_grade"))
    if not grades or status is None:
        return Unknown("未登记标准化等级" if not grades else "煤矿生产建设状态不明")
    until = grades[0].until
    if until is None or until >= civil_date(at):
        return Clear()
    fault = Fault(grades[0].key, f"等级有效期至{date_text(until)}，未见延期或者重新定级")
    return judged("标准化等级已过有效期", [fault], (REGISTER,))


def _facts(until: str, **attributes: str) -> LedgerFacts:
    return facts_of(
        {"standardization_grade": (entry("g", "2023-03-26", until, change="granted", grade="second"),)}, **attributes
    )


_AT = datetime(2026, 3, 25, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="standardization_grade_expired",
    title="标准化等级过期",
    measure="5.1",
    clauses=("5.1a",),
    topic="ledger",
    about="mine",
    reads=("standardization_grade",),
    window_days=1500,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("当日到期", _facts("2026-03-25"), _AT, Clear),
        Example("昨日到期", _facts("2026-03-24"), _AT, Breach, ("g",)),
        Example("停产煤矿不论", _facts("2026-03-24", status="halted"), _AT, Clear),
        Example("从未登记", facts_of({}), _AT, Unknown),
    ),
)
