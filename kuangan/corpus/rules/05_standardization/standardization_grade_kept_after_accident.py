"""发生事故后标准化等级仍未降低或者撤销。"""

from datetime import UTC, date, datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

MEASURES = Cite("standardization_measures_2024")
GRADES = {"first": "一级", "second": "二级", "third": "三级"}
LOWERED = ("demoted", "revoked")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a grade held on the day of an accident was neither lowered nor revoked since.

    Without any registered grade it cannot be said.
    """
    accidents = entries_of(facts, "accident_resumption")
    grades = entries_of(facts, "standardization_grade")
    if accidents and not grades:
        return Unknown("未登记事故发生时的标准化等级")
    faults = [fault for accident in accidents if (fault := _kept(accident, grades))]
    return judged("事故煤矿的标准化等级未降低或者撤销", faults, (MEASURES,))


def _kept(accident: EntryFact, grades: tuple[EntryFact, ...]) -> Fault | None:
    day: date = accident.values["accident_on"]
    held = [grade for grade in grades if grade.on < day]
    lowered = [grade for grade in grades if grade.on >= day and grade.values["change"] in LOWERED]
    if not held or lowered or held[-1].values["grade"] not in GRADES or _ended(held[-1], day):
        return None
    grade = GRADES[held[-1].values["grade"]]
    return Fault(accident.key, f"{date_text(day)}发生事故时为{grade}，此后未见降级或者撤销")


def _ended(grade: EntryFact, day: date) -> bool:
    return grade.until is not None and grade.until < day


def _facts(*changes: tuple[str, str, str], accident: str = "2026-01-08") -> LedgerFacts:
    """Grades as (day, change, grade), and one accident."""
    grades = tuple(
        entry(f"g{index}", day, "2028-06-19", change=change, grade=grade)
        for index, (day, change, grade) in enumerate(changes)
    )
    resumed = entry(
        "a", "2026-03-02", accident_on=date.fromisoformat(accident), accident_grade="general", producing=True
    )
    return facts_of({"standardization_grade": grades, "accident_resumption": (resumed,)})


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
_GRANTED = ("2025-06-20", "granted", "second")

RULE = Rule(
    id="standardization_grade_kept_after_accident",
    title="事故后标准化等级未降低或者撤销",
    measure="5.1",
    clauses=("5.1a",),
    topic="ledger",
    about="mine",
    reads=("standardization_grade", "accident_resumption"),
    window_days=1500,
    check=check,
    cites=(MEASURES,),
    examples=(
        Example("未降级", _facts(_GRANTED), _AT, Found, ("a",)),
        Example("事故当日降级", _facts(_GRANTED, ("2026-01-08", "demoted", "third")), _AT, Clear),
        Example("事故前一日降级的不算", _facts(_GRANTED, ("2026-01-07", "demoted", "third")), _AT, Found, ("a",)),
        Example("已撤销", _facts(_GRANTED, ("2026-02-01", "revoked", "none")), _AT, Clear),
        Example("事故后才定级", _facts(("2026-03-01", "granted", "second")), _AT, Clear),
        Example("从无等级登记", _facts(), _AT, Unknown),
    ),
)
