"""标准化自评或者审查的得分达不到所报等级的最低分（2024年版）。"""

from datetime import UTC, datetime
from decimal import Decimal

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, idle, judged, newest, number
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

MEASURES = Cite("standardization_measures_2024")
PARTS = {"total": "总得分", "foundation": "安全基础管理", "disaster": "重大灾害防治", "professional": "专业管理"}
GRADES = {"first": "一级", "second": "二级", "third": "三级"}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest self-check or a passed review claims a grade that one of its four scores does not reach.

    Only for the edition of 2024: the older one ranks by other parts.
    """
    if idle(facts):
        return Clear()
    claims = [*newest(entries_of(facts, "standardization_self_check")), *_passed(facts)]
    claims = [claim for claim in claims if claim.values.get("edition") == "2024" and _grade(claim) in GRADES]
    faults = [Fault(claim.key, text) for claim in claims for text in _short(claim)]
    silent = any(f"{part}_score" not in claim.values for claim in claims for part in PARTS)
    unknown = "标准化得分未填写完整" if silent else ""
    return judged("标准化得分达不到所报等级的最低分", faults, (MEASURES,), unknown)


def _passed(facts: LedgerFacts) -> list[EntryFact]:
    return [review for review in entries_of(facts, "standardization_review") if review.values.get("result") == "passed"]


def _grade(claim: EntryFact) -> str:
    return str(claim.values.get("proposed_grade") or claim.values.get("applied_grade"))


def _short(claim: EntryFact) -> list[str]:
    """Each score below the line of the grade claimed, by the lines in force on the day of the claim."""
    faults = []
    for part, word in PARTS.items():
        score = claim.values.get(f"{part}_score")
        line = local_decimal(f"standardization.line.{_grade(claim)}.{part}", claim.on)
        if score is not None and score < line:
            grade = GRADES[_grade(claim)]
            faults.append(f"{date_text(claim.on)}所报{grade}，{word}{number(score)}分，低于{number(line)}分")
    return faults


def _facts(
    grade: str, total: str | None, others: str = "90", foundation: str = "90", edition: str = "2024"
) -> LedgerFacts:
    scores = {
        "total_score": total,
        "foundation_score": foundation,
        "disaster_score": others,
        "professional_score": others,
    }
    kept = {name: Decimal(score) for name, score in scores.items() if score}
    return facts_of(
        {"standardization_self_check": (entry("s", "2026-03-25", proposed_grade=grade, edition=edition, **kept),)}
    )


_AT = datetime(2026, 3, 26, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="standardization_score_below_line",
    title="标准化得分达不到所报等级",
    measure="5.1",
    clauses=("5.1a",),
    topic="ledger",
    about="mine",
    reads=("standardization_self_check", "standardization_review"),
    window_days=200,
    check=check,
    cites=(MEASURES,),
    examples=(
        Example("一级恰为最低分", _facts("first", "90", foundation="85"), _AT, Clear),
        Example("一级总分差0.01", _facts("first", "89.99"), _AT, Breach, ("s",)),
        Example("一级安全基础管理差0.01", _facts("first", "90", foundation="84.99"), _AT, Breach, ("s",)),
        Example("二级恰为80分", _facts("second", "80", "80", "80"), _AT, Clear),
        Example("二级专业管理79.9分", _facts("second", "80", "79.9", "80"), _AT, Breach, ("s",)),
        Example("自评不达标的不论", _facts("below", "60"), _AT, Clear),
        Example("2020年版不按此评定", _facts("first", "80", edition="2020"), _AT, Clear),
        Example("未填总分", _facts("first", None), _AT, Unknown),
    ),
)
