"""因事故被撤销等级后，在限制期内申请二级及以上标准化等级。"""

from datetime import UTC, datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule
from kuangan.law.time.span import add_months
from kuangan.law.topic import LedgerFacts

MEASURES = Cite("standardization_measures_2024")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether grade one or two was applied for before the ban after a revocation ran out; its last day still bans."""
    faults = []
    revoked = [grade for grade in entries_of(facts, "standardization_grade") if grade.values["change"] == "revoked"]
    for application in entries_of(facts, "standardization_application"):
        for lost in revoked:
            until = add_months(lost.on, local_span("standardization.ban_after_revocation", application.on).count)
            if lost.on <= application.on < until and application.values["applied_grade"] in ("first", "second"):
                text = f"{date_text(application.on)}申请时，距{date_text(lost.on)}撤销等级不满限制期（至{date_text(until)}）"
                faults.append(Fault(application.key, text))
    return judged("限制期内申请二级及以上标准化等级", faults, (MEASURES,))


def _facts(applied: str, grade: str = "second", change: str = "revoked") -> LedgerFacts:
    return facts_of(
        {
            "standardization_grade": (entry("g", "2025-04-10", change=change, grade="none"),),
            "standardization_application": (entry("a", applied, applied_grade=grade),),
        }
    )


_AT = datetime(2026, 5, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="standardization_application_in_ban",
    title="限制期内申请标准化等级",
    measure="5.2",
    clauses=("5.2",),
    topic="ledger",
    about="mine",
    reads=("standardization_grade", "standardization_application"),
    window_days=1500,
    check=check,
    cites=(MEASURES,),
    examples=(
        Example("满一年当日", _facts("2026-04-10"), _AT, Clear),
        Example("差一日", _facts("2026-04-09"), _AT, Found, ("a",)),
        Example("撤销当日即申请", _facts("2025-04-10"), _AT, Found, ("a",)),
        Example("申请三级", _facts("2025-10-10", "third"), _AT, Clear),
        Example("仅为降级", _facts("2025-10-10", change="demoted"), _AT, Clear),
    ),
)
