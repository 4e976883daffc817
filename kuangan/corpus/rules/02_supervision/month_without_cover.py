"""上月监管专员没有下井覆盖该矿（任务分工2.2）。"""

from datetime import datetime

from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._patrols import CITES, missed, patrol_facts
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """No patrol underground in the last month that is over."""
    return missed(facts, at, "month", "下井巡查", underground=True)


_AT = noon("2026-03-12")

RULE = Rule(
    id="month_without_cover",
    title="一个月内没有监管专员下井覆盖",
    measure="2.2",
    clauses=("2.2",),
    topic="ledger",
    about="mine",
    reads=("commissioner_patrol",),
    window_days=70,
    check=check,
    cites=CITES,
    examples=(
        Example("上月首日下井", patrol_facts("2026-02-01"), _AT, Clear),
        Example("上月末日下井", patrol_facts("2026-02-28"), _AT, Clear),
        Example("只在地面巡查", patrol_facts("2026-02-10", underground=False), _AT, Breach, ("p0",)),
        Example("本月下井不算上月", patrol_facts("2026-03-01"), _AT, Breach),
        Example("宽限未过，仍看再上月", patrol_facts("2026-01-10"), noon("2026-03-02"), Clear),
        Example("宽限已过", patrol_facts("2026-01-10"), noon("2026-03-03"), Breach),
        Example("状态未登记", LedgerFacts("140423900001", {}, {}), _AT, Unknown),
    ),
)
