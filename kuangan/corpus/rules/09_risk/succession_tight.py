"""采掘接续紧张（任务分工9.3）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import facts_of, told
from kuangan.corpus.rules._succession import LAW, conditions, newest, reserve_facts, shortages
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "9.3"), *LAW)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Any reserve below its minimum, or any other condition of article 2."""
    reserve = newest(facts, civil_date(at))
    if not isinstance(reserve, EntryFact):
        return reserve
    reasons = [*(shortage.text for shortage in shortages(facts, reserve)), *conditions(reserve)]
    return (
        Breach(told("采掘接续紧张", reasons), (reserve.key,), CITES, {"conditions": len(reasons)})
        if reasons
        else Clear()
    )


_AT = noon("2026-04-10")

RULE = Rule(
    id="succession_tight",
    title="采掘接续紧张",
    measure="9.3",
    clauses=("9.3",),
    topic="ledger",
    about="mine",
    underground=True,
    reads=("succession_reserve",),
    window_days=100,
    check=check,
    cites=CITES,
    examples=(
        Example("恰为下限", reserve_facts("3", "12", "4"), _AT, Clear),
        Example("开拓煤量不足", reserve_facts("2.99", "12", "4"), _AT, Breach, ("r",)),
        Example("准备煤量不足", reserve_facts("3", "11.99", "4"), _AT, Breach, ("r",)),
        Example("回采煤量不足", reserve_facts("3", "12", "3.99"), _AT, Breach, ("r",)),
        Example("两个采煤工作面须五个月", reserve_facts("3", "12", "4.99", faces=2), _AT, Breach, ("r",)),
        Example("两个采煤工作面恰为五个月", reserve_facts("3", "12", "5", faces=2), _AT, Clear),
        Example("高瓦斯矿井须四年", reserve_facts("3.99", "12", "4", gas_grade="high_gas"), _AT, Breach, ("r",)),
        Example("突出矿井恰为下限", reserve_facts("5", "14", "4", gas_grade="outburst"), _AT, Clear),
        Example("突出矿井准备煤量须十四个月", reserve_facts("5", "13", "4", gas_grade="outburst"), _AT, Breach, ("r",)),
        Example("水文地质复杂矿井", reserve_facts("4", "13.99", "4", hydrology="complex"), _AT, Breach, ("r",)),
        Example("冲击地压矿井", reserve_facts("4.99", "14", "4", rock_burst="yes"), _AT, Breach, ("r",)),
        Example("资源枯竭不计三量", reserve_facts("1", "2", "1", exhausted=True), _AT, Clear),
        Example("擅自缩短工作面", reserve_facts("3", "12", "4", face_shortened=True), _AT, Breach, ("r",)),
        Example("数据过旧", reserve_facts("3", "12", "4", on="2026-01-31"), noon("2026-04-04"), Unknown),
        Example("数据恰在时限内", reserve_facts("3", "12", "4", on="2026-01-31"), noon("2026-04-03"), Clear),
        Example("停产煤矿", reserve_facts("1", "1", "1", status="halted"), _AT, Clear),
        Example("没有数据", facts_of({}), _AT, Unknown),
    ),
)
