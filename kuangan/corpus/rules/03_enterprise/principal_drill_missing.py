"""企业主要负责人半年内未组织事故应急救援演练。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.base.period import period_of, previous_period
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "3.1"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Drills of the last half-year that the principal organised and that were evaluated."""
    if gone(facts):
        return Clear()
    half = previous_period(period_of("half_year", civil_date(at)))
    least = int(local("rescue_drill.principal_min", half.first).value)
    drills = [drill for drill in entries_of(facts, "rescue_drill") if drill.on in half]
    counted = [
        drill for drill in drills if drill.values.get("organised_by_principal") and drill.values.get("evaluation")
    ]
    if len(counted) >= least:
        return Clear()
    reason = f"{half.label}主要负责人组织并经评估的事故应急救援演练{len(counted)}次，少于{least}次（共登记演练{len(drills)}次）"
    return Breach(reason, tuple(drill.key for drill in drills), CITES, {"times": len(counted)})


def _drill(on: str, *, by_principal: bool = True, evaluation: str = "撤人及时") -> EntryFact:
    values = {"evaluation": evaluation} if evaluation else {}
    return entry("d", on, organised_by_principal=by_principal, **values)


def _case(*drills: EntryFact, **attributes: str) -> LedgerFacts:
    return facts_of({"rescue_drill": drills}, **attributes)


_AT = moment("2026-07-01T00:00")

RULE = Rule(
    id="principal_drill_missing",
    title="主要负责人半年内未组织应急救援演练",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1k",),
    about="mine",
    reads=("rescue_drill",),
    window_days=370,
    examples=(
        Example("上半年最后一日组织一次", _case(_drill("2026-06-30")), _AT, Clear),
        Example("七月一日才组织", _case(_drill("2026-07-01")), _AT, Breach),
        Example("由他人组织", _case(_drill("2026-05-20", by_principal=False)), _AT, Breach, ("d",)),
        Example("未评估", _case(_drill("2026-05-20", evaluation="")), _AT, Breach, ("d",)),
        Example("上半年未结束，看上一个半年", _case(_drill("2025-12-31")), moment("2026-06-30T23:59"), Clear),
        Example("没有任何演练", _case(), _AT, Breach),
        Example("已关闭", _case(status="closed"), _AT, Clear),
    ),
)
