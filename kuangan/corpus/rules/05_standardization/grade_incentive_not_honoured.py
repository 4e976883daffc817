"""一级标准化煤矿的激励政策到期未落实。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "5.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether an incentive of a mine of grade one is past its day and not honoured; that day itself is in time."""
    late = [
        incentive
        for incentive in entries_of(facts, "grade_incentive")
        if "honoured_on" not in incentive.values and incentive.values["due_on"] < civil_date(at)
    ]
    grades = newest(entries_of(facts, "standardization_grade"))
    if late and not grades:
        return Unknown("未登记标准化等级，不能认定是否应当落实激励政策")
    if not grades or grades[0].values["grade"] != "first" or _over(grades[0], civil_date(at)):
        return Clear()
    faults = [Fault(entry.key, _text(entry.values["occasion"], entry.values["due_on"])) for entry in late]
    return judged("一级标准化煤矿的激励政策未落实", faults, (REGISTER,))


def _over(grade: EntryFact, today: date) -> bool:
    return grade.until is not None and grade.until < today


def _text(occasion: str, due_on: date) -> str:
    return f"“{occasion}”应于{date_text(due_on)}前落实"


def _facts(due_on: str, grade: str = "first", honoured: str = "", until: str = "2028-06-19") -> LedgerFacts:
    values: dict[str, object] = {"occasion": "春节后复工复产优先验收", "due_on": date.fromisoformat(due_on)}
    if honoured:
        values["honoured_on"] = date.fromisoformat(honoured)
    entries = {"grade_incentive": (entry("i", "2026-03-02", **values),)}
    if grade:
        entries["standardization_grade"] = (entry("g", "2025-06-20", until, grade=grade),)
    return facts_of(entries)


_AT = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="grade_incentive_not_honoured",
    title="一级标准化激励政策未落实",
    measure="5.1",
    clauses=("5.1d",),
    topic="ledger",
    about="mine",
    reads=("grade_incentive", "standardization_grade"),
    window_days=1500,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("昨日到期未落实", _facts("2026-03-11"), _AT, Breach, ("i",)),
        Example("今日到期", _facts("2026-03-12"), _AT, Clear),
        Example("逾期后已落实", _facts("2026-03-09", honoured="2026-03-11"), _AT, Clear),
        Example("二级煤矿不适用", _facts("2026-03-11", "second"), _AT, Clear),
        Example("一级今日到期", _facts("2026-03-11", until="2026-03-12"), _AT, Breach, ("i",)),
        Example("一级已过期", _facts("2026-03-11", until="2026-03-11"), _AT, Clear),
        Example("等级未登记", _facts("2026-03-11", ""), _AT, Unknown),
    ),
)
