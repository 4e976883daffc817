"""存在重大事故隐患的煤矿通过标准化审查。"""

from datetime import UTC, datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

MEASURES = Cite("standardization_measures_2024")
REGISTER = Cite("register", "5.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a first review or an assessment passed while major hazards stood open."""
    passed = [
        review
        for review in entries_of(facts, "standardization_review")
        if review.values.get("step") in ("first_review", "assessment") and review.values.get("result") == "passed"
    ]
    faults = [
        Fault(entry.key, f"{date_text(entry.on)}审查时尚存重大事故隐患{entry.values['major_hazards']}项")
        for entry in passed
        if entry.values.get("major_hazards", 0) > 0
    ]
    silent = any("major_hazards" not in entry.values for entry in passed)
    unknown = "标准化审查记录未填写尚存重大事故隐患数" if silent else ""
    return judged("存在重大事故隐患的煤矿被审查为合格", faults, (REGISTER, MEASURES), unknown)


def _facts(**values: object) -> LedgerFacts:
    review = {"step": "assessment", "result": "passed", **values}
    return facts_of({"standardization_review": (entry("r", "2026-05-20", **review),)})


_AT = datetime(2026, 5, 21, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="standardization_grading_with_major_hazard",
    title="存在重大事故隐患仍通过标准化审查",
    measure="5.1",
    clauses=("5.1a", "5.1c"),
    topic="ledger",
    about="mine",
    reads=("standardization_review",),
    window_days=400,
    check=check,
    cites=(REGISTER, MEASURES),
    examples=(
        Example("没有重大事故隐患", _facts(major_hazards=0), _AT, Clear),
        Example("尚存1项", _facts(major_hazards=1), _AT, Breach, ("r",)),
        Example("结论为不合格", _facts(major_hazards=1, result="failed"), _AT, Clear),
        Example("公示环节不再审查", _facts(major_hazards=1, step="publicity"), _AT, Clear),
        Example("未填写", _facts(), _AT, Unknown),
    ),
)
