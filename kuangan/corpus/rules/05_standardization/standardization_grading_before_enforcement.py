"""标准化初审、现场考核未先执法或者执法指令未闭环即作出合格结论。"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "5.1")
STEPS = {"first_review": "检查初审", "assessment": "现场考核"}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a step passed without an enforcement visit on or before its day, or while orders were open."""
    passed = [
        review
        for review in entries_of(facts, "standardization_review")
        if review.values.get("step") in STEPS
        and review.values.get("result") == "passed"
        and review.on <= civil_date(at)
    ]
    visits = {visit.key: visit.on for visit in entries_of(facts, "enforcement_check")}
    wrong = {entry.key: _wrong(entry, visits) for entry in passed}
    faults = [Fault(entry.key, _text(entry, wrong[entry.key])) for entry in passed if wrong[entry.key]]
    linked = [entry for entry in passed if "visit" in entry.values]
    silent = [
        entry for entry in passed if entry not in linked and not wrong[entry.key] and "orders_open" not in entry.values
    ]
    unknown = "标准化审查记录未填写尚未闭环的执法指令条数" if silent else ""
    return judged("标准化审查未落实先执法、后验收", faults, (REGISTER,), unknown)


def _wrong(review: EntryFact, visits: Mapping[str, date]) -> str:
    """What is wrong with a passed step; empty if nothing.

    Of a visit that is linked the ledger itself asks that its problems are put right; of one that is told in words the figures.
    """
    values = review.values
    if "visit" in values:
        came_on = visits.get(f"enforcement_check/{values['visit']}")
        return "执法检查晚于审查" if came_on and came_on > review.on else ""
    return _told_wrong(review)


def _told_wrong(review: EntryFact) -> str:
    values = review.values
    visit: date | None = values.get("visit_on")
    closed: date | None = values.get("orders_closed_on")
    if not values.get("visit_number") or visit is None:
        return "未关联执法检查文书"
    if visit > review.on:
        return "执法检查晚于审查"
    if values.get("orders_open", 0) > 0:
        return f"尚有{values['orders_open']}条执法指令未闭环"
    return "执法指令在审查之后才闭环" if closed and closed > review.on else ""


def _text(review: EntryFact, wrong: str) -> str:
    return f"{date_text(review.on)}{STEPS[review.values['step']]}结论为合格，但{wrong}"


def _linked(visited: str) -> LedgerFacts:
    """A passed step that names the visit before it."""
    review = entry("r", "2026-05-20", step="first_review", result="passed", visit=7)
    visit = entry("enforcement_check/7", visited)
    return facts_of({"standardization_review": (review,), "enforcement_check": (visit,)})


def _facts(**values: object) -> LedgerFacts:
    passed = {"step": "first_review", "result": "passed", "visit_number": "演示检〔2026〕1号", **values}
    kept = {key: value for key, value in passed.items() if value is not None}
    return facts_of({"standardization_review": (entry("r", "2026-05-20", **kept),)})


_AT = datetime(2026, 5, 21, 2, 0, tzinfo=UTC)
_VISIT = date(2026, 5, 6)

RULE = Rule(
    id="standardization_grading_before_enforcement",
    title="未先执法、后验收即通过标准化审查",
    measure="5.1",
    clauses=("5.1c",),
    topic="ledger",
    about="mine",
    reads=("standardization_review", "enforcement_check"),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("指令全部闭环", _facts(visit_on=_VISIT, orders_open=0, orders_closed_on=date(2026, 5, 18)), _AT, Clear),
        Example("审查当日闭环", _facts(visit_on=_VISIT, orders_open=0, orders_closed_on=date(2026, 5, 20)), _AT, Clear),
        Example(
            "审查次日才闭环",
            _facts(visit_on=_VISIT, orders_open=0, orders_closed_on=date(2026, 5, 21)),
            _AT,
            Breach,
            ("r",),
        ),
        Example("尚有1条指令未闭环", _facts(visit_on=_VISIT, orders_open=1), _AT, Breach, ("r",)),
        Example("没有执法检查文书", _facts(visit_number=None, visit_on=None, orders_open=0), _AT, Breach, ("r",)),
        Example("执法检查与审查同日", _facts(visit_on=date(2026, 5, 20), orders_open=0), _AT, Clear),
        Example("执法检查晚于审查", _facts(visit_on=date(2026, 5, 21), orders_open=0), _AT, Breach, ("r",)),
        Example("结论为不合格的不论", _facts(result="failed", visit_number=None, visit_on=None), _AT, Clear),
        Example("所选执法检查与审查同日", _linked("2026-05-20"), _AT, Clear),
        Example("所选执法检查晚于审查", _linked("2026-05-21"), _AT, Breach, ("r",)),
        Example("未填写闭环情况", _facts(visit_on=_VISIT), _AT, Unknown),
    ),
)
