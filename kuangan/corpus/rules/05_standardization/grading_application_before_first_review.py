"""事故煤矿初审未合格或者隐患未整改完成，即向考核定级部门申请定级。"""

from datetime import UTC, date, datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "5.2")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether grading was applied for after an accident without a passed first review and all its hazards fixed by that day.

    A passed review without the day on which the hazards were fixed leaves it open.
    """
    again = [
        application
        for application in entries_of(facts, "standardization_application")
        if application.values["kind"] == "re_grading"
    ]
    firsts = [entry for entry in again if entry.values["step"] == "first_review"]
    wrong = {entry.key: (entry, _wrong(entry, firsts)) for entry in again if entry.values["step"] == "grading"}
    faults = [
        Fault(key, f"{date_text(application.on)}申请定级时{text}") for key, (application, text) in wrong.items() if text
    ]
    unknown = "初审隐患整改完成日期未填写" if any(text is None for _, text in wrong.values()) else ""
    return judged("未经初审合格、隐患整改完成即申请定级", faults, (REGISTER,), unknown)


def _wrong(application: EntryFact, firsts: list[EntryFact]) -> str | None:
    """What is wrong with an application for grading: empty if nothing, None if it cannot be said."""
    passed = [
        first
        for first in firsts
        if first.values.get("result") == "passed" and _day(first, "result_on") <= application.on
    ]
    if not passed:
        return "初审尚未合格"
    fixed: date | None = passed[-1].values.get("hazards_fixed_on")
    if fixed is None:
        return None
    return "初审发现的隐患尚未整改完成" if fixed > application.on else ""


def _day(entry: EntryFact, name: str) -> date:
    """The day in a field; without it the day of the entry."""
    day: date = entry.values.get(name, entry.on)
    return day


def _facts(kind: str = "re_grading", /, **first: object) -> LedgerFacts:
    """An application for grading on 10 June, after a first review with these values."""
    review = entry("f", "2026-04-10", step="first_review", kind=kind, **first)
    return facts_of({"standardization_application": (review, entry("g", "2026-06-10", step="grading", kind=kind))})


def _passed(on: str, fixed: str = "") -> dict[str, object]:
    days = {"hazards_fixed_on": date.fromisoformat(fixed)} if fixed else {}
    return {"result": "passed", "result_on": date.fromisoformat(on), **days}


_AT = datetime(2026, 6, 11, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="grading_application_before_first_review",
    title="初审未合格即申请定级",
    measure="5.2",
    clauses=("5.2",),
    topic="ledger",
    about="mine",
    reads=("standardization_application",),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("初审合格且隐患当日整改完成", _facts(**_passed("2026-05-20", "2026-06-10")), _AT, Clear),
        Example("隐患次日才整改完成", _facts(**_passed("2026-05-20", "2026-06-11")), _AT, Found, ("g",)),
        Example("申请次日初审才合格", _facts(**_passed("2026-06-11", "2026-06-09")), _AT, Found, ("g",)),
        Example("初审不合格", _facts(result="failed"), _AT, Found, ("g",)),
        Example("首次定级不适用", _facts("first"), _AT, Clear),
        Example("未填整改完成日期", _facts(**_passed("2026-05-20")), _AT, Unknown),
    ),
)
