"""事故煤矿初审未合格或者隐患未整改完成，即向考核定级部门申请定级。"""

from datetime import UTC, date, datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, filled_by_keeper, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "5.2")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether grading was applied for after an accident without a passed first review of that accident and all its hazards fixed by that day.

    After an accident the next grading is a grading again, whatever kind the application calls itself. Only what the reviewing office
    wrote counts: a passed review without the day on which it saw the hazards fixed leaves it open, and so does a result that the mine
    filled in itself in an earlier release.
    """
    applications = entries_of(facts, "standardization_application")
    firsts = [entry for entry in applications if entry.values["step"] == "first_review"]
    gradings = [entry for entry in applications if entry.values["step"] == "grading"]
    after = [(entry, day) for entry in gradings if (day := _accident(entry, gradings, facts)) is not None]
    wrong = [(entry, _wrong(entry, [other for other in firsts if _concerns(other, day)])) for entry, day in after]
    faults = [Fault(entry.key, f"{date_text(entry.on)}申请定级时{text}") for entry, text in wrong if text]
    unknown = "初审结论或者隐患整改复核尚待初审部门填写" if any(text is None for _, text in wrong) else ""
    return judged("未经初审合格、隐患整改完成即申请定级", faults, (REGISTER,), unknown)


def _accident(application: EntryFact, gradings: list[EntryFact], facts: LedgerFacts) -> date | None:
    """The day of the accident after which this application asks for a grade again; None: there was none, or it was graded since."""
    named: date | None = application.values.get("accident_on")
    if application.values["kind"] == "re_grading" and named is not None:
        return named
    days = [
        entry.values["accident_on"] for entry in entries_of(facts, "accident_resumption") if entry.values["producing"]
    ]
    before = [day for day in days if day < application.on]
    if not before:
        return date.min if application.values["kind"] == "re_grading" else None
    last = max(before)
    done = any(entry.values.get("result") == "passed" and last < entry.on < application.on for entry in gradings)
    return None if done else last


def _concerns(first: EntryFact, accident: date) -> bool:
    """Whether a first review is about this accident: as it says, or by its day."""
    named: date | None = first.values.get("accident_on")
    return named == accident if named is not None and accident != date.min else first.on > accident


def _wrong(application: EntryFact, firsts: list[EntryFact]) -> str | None:
    """What is wrong with an application for grading: empty if nothing, None if it cannot be said."""
    passed = [
        entry
        for entry in firsts
        if entry.values.get("result") == "passed" and _day(entry, "result_on") <= application.on
    ]
    if not passed:
        return None if any("result" in entry.unconfirmed for entry in firsts) else "初审尚未合格"
    fixed: date | None = passed[-1].values.get("hazards_fixed_on")
    if fixed is None:
        return None
    return "初审发现的隐患尚未整改完成" if fixed > application.on else ""


def _day(entry: EntryFact, name: str) -> date:
    """The day in a field; without it the day of the entry."""
    day: date = entry.values.get(name, entry.on)
    return day


def _facts(kind: str = "re_grading", /, *accidents: str, **first: object) -> LedgerFacts:
    """An application for grading on 10 June, after a first review with these values; accidents whose mine resumed."""
    review = entry("f", "2026-04-10", step="first_review", kind=kind, **first)
    resumed = tuple(
        entry(f"r{index}", day, accident_on=date.fromisoformat(day), producing=True)
        for index, day in enumerate(accidents)
    )
    return facts_of(
        {
            "standardization_application": (review, entry("g", "2026-06-10", step="grading", kind=kind)),
            "accident_resumption": resumed,
        }
    )


def _passed(on: str, fixed: str = "") -> dict[str, object]:
    days = {"hazards_fixed_on": date.fromisoformat(fixed)} if fixed else {}
    return {"result": "passed", "result_on": date.fromisoformat(on), **days}


_AT = datetime(2026, 6, 11, 2, 0, tzinfo=UTC)
_SELF_FILLED = facts_of(
    {
        "standardization_application": (
            filled_by_keeper(entry("f", "2026-04-10", step="first_review", kind="re_grading"), "result", "result_on"),
            entry("g", "2026-06-10", step="grading", kind="re_grading"),
        ),
        "accident_resumption": (),
    }
)

RULE = Rule(
    id="grading_application_before_first_review",
    title="初审未合格即申请定级",
    measure="5.2",
    clauses=("5.2",),
    topic="ledger",
    about="mine",
    reads=("standardization_application", "accident_resumption"),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("初审合格且隐患当日整改完成", _facts(**_passed("2026-05-20", "2026-06-10")), _AT, Clear),
        Example("隐患次日才整改完成", _facts(**_passed("2026-05-20", "2026-06-11")), _AT, Breach, ("g",)),
        Example("申请次日初审才合格", _facts(**_passed("2026-06-11", "2026-06-09")), _AT, Breach, ("g",)),
        Example("初审不合格", _facts(result="failed"), _AT, Breach, ("g",)),
        Example(
            "B11：前一起事故的初审不能代替后一起的",
            _facts("re_grading", "2026-01-08", "2026-05-25", **_passed("2026-05-20", "2026-06-01")),
            _AT,
            Breach,
            ("g",),
        ),
        Example(
            "B11：初审写明所对应的事故",
            _facts("re_grading", "2026-01-08", accident_on=date(2026, 1, 8), **_passed("2026-05-20", "2026-06-01")),
            _AT,
            Clear,
        ),
        Example(
            "B11：事故后以晋级名义申请，未经初审",
            _facts("upgrade", "2026-01-08", result="failed"),
            _AT,
            Breach,
            ("g",),
        ),
        Example("没有事故的晋级申请", _facts("upgrade", result="failed"), _AT, Clear),
        Example("首次定级不适用", _facts("first"), _AT, Clear),
        Example("未填整改完成日期", _facts(**_passed("2026-05-20")), _AT, Unknown),
        Example("初审结论系煤矿自填，未经初审部门确认", _SELF_FILLED, _AT, Unknown),
    ),
)
