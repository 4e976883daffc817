"""发生事故后标准化等级未按规定降低或者撤销。"""

from datetime import UTC, date, datetime
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.time.dated import Dated, Value
from kuangan.law.topic import EntryFact, LedgerFacts

MEASURES = Cite("standardization_measures_2024")
GRADING = Cite("accident_reporting_regulation", "3.1.3")
LARGER: Final = Dated(Value(date(2007, 6, 1), 3, GRADING))
"""From so many dead on an accident is at least 较大, whatever its grade is said to be."""
GRADES: Final = {"first": "一级", "second": "二级", "third": "三级"}
ORDER: Final = (*GRADES, "none")
LOWERED: Final = ("demoted", "revoked")
AFTER_GENERAL: Final = Dated(
    Value(
        date(2024, 11, 1),
        {"first": "second", "second": "third", "third": "none"},
        MEASURES,
        "发生一般事故的煤矿，一级、二级是否分别降为二级、三级，三级是否撤销？",
    )
)
"""The best grade that a mine may keep after an accident of the grade 一般, by the grade it held; any graver one revokes it."""


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a grade held on the day of an accident was since lowered or revoked as far as the accident demands.

    Accidents are those whose resumption is on file, and fatal ones among the facts of classification, of which the grade is not known.
    Without any registered grade it cannot be said.
    """
    accidents = _accidents(facts)
    grades = entries_of(facts, "standardization_grade")
    if accidents and not grades:
        return Unknown("未登记事故发生时的标准化等级")
    today = civil_date(at)
    faults = [fault for day, entry in accidents.items() if (fault := _kept(day, entry, grades, today))]
    return judged("事故煤矿的标准化等级未按规定降低或者撤销", faults, RULE.cites)


def _accidents(facts: LedgerFacts) -> dict[date, EntryFact]:
    fatal = {
        entry.on: entry for entry in entries_of(facts, "mine_class_fact") if entry.values["kind"] == "fatal_accident"
    }
    return fatal | {entry.values["accident_on"]: entry for entry in entries_of(facts, "accident_resumption")}


def _kept(day: date, accident: EntryFact, grades: tuple[EntryFact, ...], today: date) -> Fault | None:
    held = [entry for entry in grades if entry.on < day]
    if not held or held[-1].values["grade"] not in GRADES or _ended(held[-1], day):
        return None
    grade = held[-1].values["grade"]
    best = _best(grade, accident, day)
    lowered = [entry for entry in grades if entry.on >= day and entry.values["change"] in LOWERED]
    if any(ORDER.index(entry.values["grade"]) >= ORDER.index(best) for entry in lowered):
        return None
    if not lowered and today <= local_span("standardization.lower_after_accident", day).after(day):
        return None
    demanded = "撤销" if best == "none" else f"降为{GRADES[best]}或者撤销"
    done = f"仅降为{GRADES[lowered[-1].values['grade']]}" if lowered else "此后未见降级或者撤销"
    what = f"发生死亡{accident.values['deaths']}人的事故（不属一般事故）" if _understated(accident, day) else "发生事故"
    return Fault(accident.key, f"{date_text(day)}{what}时为{GRADES[grade]}，应当{demanded}，{done}")


def _best(grade: str, accident: EntryFact, day: date) -> str:
    """The best grade that may stand after the accident; of one whose grade is not on file as after the least its dead allow."""
    if accident.values.get("accident_grade", "general") != "general" or _understated(accident, day):
        return "none"
    best: str = AFTER_GENERAL.on(day).value[grade]
    return best


def _understated(accident: EntryFact, day: date) -> bool:
    """Whether more died than an accident of the grade 一般 may cost."""
    return bool(accident.values.get("deaths", 0) >= LARGER.on(day).value)


def _ended(grade: EntryFact, day: date) -> bool:
    return grade.until is not None and grade.until < day


def _facts(
    *changes: tuple[str, str, str],
    accident: str = "2026-01-08",
    grade: str = "general",
    deaths: int = 1,
    resumed: bool = True,
) -> LedgerFacts:
    """Grades as (day, change, grade), and one accident."""
    grades = tuple(
        entry(f"g{index}", day, "2028-06-19", change=change, grade=lowered)
        for index, (day, change, lowered) in enumerate(changes)
    )
    day = date.fromisoformat(accident)
    resumption = entry("a", "2026-03-02", accident_on=day, accident_grade=grade, deaths=deaths, producing=True)
    fact = entry("f", accident, kind="fatal_accident")
    return facts_of(
        {
            "standardization_grade": grades,
            "accident_resumption": (resumption,) if resumed else (),
            "mine_class_fact": () if resumed else (fact,),
        }
    )


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
_GRANTED = ("2025-06-20", "granted", "second")
_DEMOTED = ("2026-01-08", "demoted", "third")

RULE = Rule(
    id="standardization_grade_kept_after_accident",
    title="事故后标准化等级未降低或者撤销",
    measure="5.1",
    clauses=("5.1a",),
    topic="ledger",
    about="mine",
    reads=("standardization_grade", "accident_resumption", "mine_class_fact"),
    window_days=1500,
    check=check,
    cites=(MEASURES, GRADING),
    examples=(
        Example("未降级", _facts(_GRANTED), _AT, Breach, ("a",)),
        Example("事故当日降级", _facts(_GRANTED, _DEMOTED), _AT, Clear),
        Example("事故前一日降级的不算", _facts(_GRANTED, ("2026-01-07", "demoted", "third")), _AT, Breach, ("a",)),
        Example("已撤销", _facts(_GRANTED, ("2026-02-01", "revoked", "none")), _AT, Clear),
        Example("B11：较大事故只降级", _facts(_GRANTED, _DEMOTED, grade="larger"), _AT, Breach, ("a",)),
        Example("三人死亡填报为一般事故，只降级", _facts(_GRANTED, _DEMOTED, deaths=3), _AT, Breach, ("a",)),
        Example("两人死亡的一般事故，降级", _facts(_GRANTED, _DEMOTED, deaths=2), _AT, Clear),
        Example("B11：较大事故已撤销", _facts(_GRANTED, ("2026-02-01", "revoked", "none"), grade="larger"), _AT, Clear),
        Example(
            "B11：三级煤矿一般事故应当撤销",
            _facts(("2025-06-20", "granted", "third"), ("2026-02-01", "demoted", "third")),
            _AT,
            Breach,
            ("a",),
        ),
        Example(
            "B11：一级降为二级",
            _facts(("2025-06-20", "granted", "first"), ("2026-02-01", "demoted", "second")),
            _AT,
            Clear,
        ),
        Example("B11：尚未复产，死亡事故后未降级", _facts(_GRANTED, resumed=False), _AT, Breach, ("f",)),
        Example(
            "B11：办理降级的期限内",
            _facts(_GRANTED, resumed=False),
            datetime(2026, 2, 7, 2, 0, tzinfo=UTC),
            Clear,
        ),
        Example(
            "B11：办理降级的期限次日",
            _facts(_GRANTED, resumed=False),
            datetime(2026, 2, 8, 2, 0, tzinfo=UTC),
            Breach,
            ("f",),
        ),
        Example("事故后才定级", _facts(("2026-03-01", "granted", "second")), _AT, Clear),
        Example("从无等级登记", _facts(), _AT, Unknown),
    ),
)
