"""采掘接续紧张未限产或者停产调整，按重大事故隐患处理（任务分工9.3）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import facts_of, told
from kuangan.corpus.rules._succession import LAW, conditions, newest, reserve_facts, shortages
from kuangan.law.cite import Cite
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "9.3"), *LAW, Cite("coal_mine_safety_ordinance", "36"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Tight, and neither output limited nor stopped."""
    reserve = newest(facts, civil_date(at))
    if not isinstance(reserve, EntryFact):
        return reserve
    reasons = [*(shortage.text for shortage in shortages(facts, reserve)), *conditions(reserve)]
    if not reasons or reserve.values.get("output_limited") or reserve.values.get("stopped"):
        return Clear()
    return Found(told("采掘接续紧张，未限产也未停产调整，构成重大事故隐患", reasons), (reserve.key,), CITES)


_AT = noon("2026-04-10")

RULE = Rule(
    id="succession_tight_not_limited",
    title="采掘接续紧张未限产停产",
    measure="9.3",
    clauses=("9.3",),
    topic="ledger",
    about="mine",
    reads=("succession_reserve",),
    window_days=100,
    check=check,
    cites=CITES,
    examples=(
        Example("不紧张", reserve_facts("3", "12", "4"), _AT, Clear),
        Example("紧张且未采取措施", reserve_facts("2.99", "12", "4"), _AT, Found, ("r",)),
        Example("紧张但已限产", reserve_facts("2.99", "12", "4", output_limited=True), _AT, Clear),
        Example("紧张但已停产调整", reserve_facts("2.99", "12", "4", stopped=True), _AT, Clear),
        Example("没有数据", facts_of({}), _AT, Unknown),
    ),
)
