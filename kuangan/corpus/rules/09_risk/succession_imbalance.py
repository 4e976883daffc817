"""采掘接续失调，应列入治理工作方案（任务分工9.4）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import facts_of, told
from kuangan.corpus.rules._succession import LAW, imbalance, newest, reserve_facts
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "9.4"), *LAW)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """As many of the three reserves short as the local value names, or drainage behind extraction."""
    today = civil_date(at)
    reserve = newest(facts, today)
    if not isinstance(reserve, EntryFact):
        return reserve
    reasons = imbalance(facts, reserve, today)
    if not reasons:
        return Clear()
    return Breach(told("采掘接续失调，应列入治理工作方案", reasons), (reserve.key,), CITES)


_AT = noon("2026-04-10")

RULE = Rule(
    id="succession_imbalance",
    title="采掘接续失调",
    measure="9.4",
    clauses=("9.4",),
    topic="ledger",
    about="mine",
    underground=True,
    reads=("succession_reserve",),
    window_days=100,
    check=check,
    cites=CITES,
    examples=(
        Example("一项不足", reserve_facts("2.5", "12", "4"), _AT, Clear),
        Example("两项不足", reserve_facts("2.5", "11", "4"), _AT, Breach, ("r",)),
        Example("抽采达标煤量恰等于回采煤量", reserve_facts("3", "12", "4", drained=4), _AT, Clear),
        Example("抽采达标煤量小于回采煤量", reserve_facts("3", "12", "4", drained=3), _AT, Breach, ("r",)),
        Example("没有数据", facts_of({}), _AT, Unknown),
    ),
)
