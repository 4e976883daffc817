"""上一周没有监管专员巡查（任务分工2.2）。"""

from datetime import datetime

from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._patrols import CITES, missed, patrol_facts
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """No patrol in the last week that is over."""
    return missed(facts, at, "week", "巡查", underground=False)


_AT = noon("2026-03-12")

RULE = Rule(
    id="week_without_patrol",
    title="一周内没有监管专员巡查",
    measure="2.2",
    clauses=("2.2",),
    topic="ledger",
    about="mine",
    reads=("commissioner_patrol",),
    window_days=30,
    check=check,
    cites=CITES,
    examples=(
        Example("上周一巡查", patrol_facts("2026-03-02"), _AT, Clear),
        Example("上周日巡查，未下井也计", patrol_facts("2026-03-08", underground=False), _AT, Clear),
        Example("本周巡查不算上周", patrol_facts("2026-03-09"), _AT, Breach),
        Example("宽限未过，仍看再上周", patrol_facts("2026-02-25"), noon("2026-03-10"), Clear),
        Example("宽限已过", patrol_facts("2026-02-25"), noon("2026-03-11"), Breach),
        Example("未写明地点的不计", patrol_facts("2026-03-03", places=" "), _AT, Breach, ("p0",)),
        Example("停产煤矿不要求周巡查", patrol_facts(status="halted"), _AT, Clear),
        Example("状态未登记", LedgerFacts("140423900001", {}, {}), _AT, Unknown),
    ),
)
