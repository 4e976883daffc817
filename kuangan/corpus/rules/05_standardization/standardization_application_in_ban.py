"""因事故被撤销等级后，在限制期内申请二级及以上标准化等级。"""

from collections.abc import Iterator
from datetime import UTC, datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, each_judged, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

MEASURES = Cite("standardization_measures_2024")
REQUIRED = "re_grading"
"""What a mine must apply for within 30 working days after it resumes (任务分工5.2)."""


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether grade one or two was applied for before the ban after a revocation by accident ran out; its last day still bans.

    The application that register 5.2 itself demands after a resumption breaks no ban as long as nobody has said how both go together,
    and a revocation without its cause leaves it open.
    """
    revoked = [grade for grade in entries_of(facts, "standardization_grade") if grade.values["change"] == "revoked"]
    wanted = [
        grade
        for grade in entries_of(facts, "standardization_application")
        if grade.values["applied_grade"] in ("first", "second")
    ]
    open_ones: list[str] = []
    faults, unknown = each_judged(wanted, lambda grade: _banned(grade, revoked, open_ones))
    return judged("限制期内申请二级及以上标准化等级", faults, (MEASURES,), unknown or next(iter(open_ones), ""))


def _banned(application: EntryFact, revoked: list[EntryFact], open_ones: list[str]) -> Iterator[Fault]:
    for lost in (grade for grade in revoked if grade.on <= application.on):
        until = local_span("standardization.ban_after_revocation", application.on).after(lost.on)
        cause = lost.values.get("revoked_for")
        if application.on >= until or cause not in (None, "accident"):
            continue
        if cause is None:
            open_ones.append("撤销等级的登记未写明是否因事故撤销")
        elif application.values.get("kind") == REQUIRED:
            open_ones.append("事故后重新定级的申请是否受限制期约束，尚待答复")
        else:
            text = (
                f"{date_text(application.on)}申请时，距{date_text(lost.on)}撤销等级不满限制期（至{date_text(until)}）"
            )
            yield Fault(application.key, text)


def _facts(
    applied: str, grade: str = "second", change: str = "revoked", cause: str = "accident", kind: str = "upgrade"
) -> LedgerFacts:
    why = {"revoked_for": cause} if cause else {}
    return facts_of(
        {
            "standardization_grade": (entry("g", "2025-04-10", change=change, grade="none", **why),),
            "standardization_application": (entry("a", applied, applied_grade=grade, kind=kind),),
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
        Example("差一日", _facts("2026-04-09"), _AT, Breach, ("a",)),
        Example("撤销当日即申请", _facts("2025-04-10"), _AT, Breach, ("a",)),
        Example("申请三级", _facts("2025-10-10", "third"), _AT, Clear),
        Example("仅为降级", _facts("2025-10-10", change="demoted"), _AT, Clear),
        Example("B11：因长期停产撤销的不受限制", _facts("2025-10-10", cause="idle"), _AT, Clear),
        Example("B11：撤销原因未写明", _facts("2025-10-10", cause=""), _AT, Unknown),
        Example("B11：事故后依规定重新定级的申请", _facts("2025-10-10", kind="re_grading"), _AT, Unknown),
        Example("B1：撤销以前的申请不论", _facts("2024-10-31"), _AT, Clear),
        Example(
            "B1：办法施行前的申请不能判定",
            facts_of(
                {
                    "standardization_grade": (
                        entry("g", "2024-05-10", change="revoked", grade="none", revoked_for="accident"),
                    ),
                    "standardization_application": (entry("a", "2024-10-31", applied_grade="second", kind="upgrade"),),
                }
            ),
            _AT,
            Unknown,
        ),
    ),
)
