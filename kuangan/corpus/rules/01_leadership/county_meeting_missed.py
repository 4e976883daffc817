"""县级政府上月未召开煤矿安全生产会议（任务分工1.1）。"""

from datetime import datetime

from kuangan.corpus.rules._leadership import noon, unit_facts
from kuangan.corpus.rules._ledger import entry
from kuangan.corpus.rules._meetings import REGISTER, missed
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import LedgerFacts


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """No meeting in the last month that is over."""
    return missed(facts, at, "month", "县级政府")


def _facts(*days: str, **values: str) -> LedgerFacts:
    given = {"agenda": "通报超限情况", "problems": "一座煤矿接续紧张", **values}
    return unit_facts(
        "140423-government",
        coal_meeting=tuple(entry(f"m{index}", day, **given) for index, day in enumerate(days)),
    )


RULE = Rule(
    id="county_meeting_missed",
    title="县级政府未按月召开煤矿安全生产会议",
    measure="1.1",
    clauses=("1.1e",),
    topic="ledger",
    about="county_government",
    reads=("coal_meeting",),
    window_days=100,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("上月召开", _facts("2026-02-12"), noon("2026-03-20"), Clear),
        Example("上月末日召开", _facts("2026-02-28"), noon("2026-03-20"), Clear),
        Example("下月1日召开，不算上月", _facts("2026-03-01"), noon("2026-03-20"), Breach),
        Example("补登记宽限未过，仍看再上月", _facts("2026-01-15"), noon("2026-03-07"), Clear),
        Example("补登记宽限已过", _facts("2026-01-15"), noon("2026-03-08"), Breach),
        Example("没有任何会议", _facts(), noon("2026-03-20"), Breach),
        Example(
            "5.10：分析的突出问题写“无”", _facts("2026-02-12", problems="无。"), noon("2026-03-20"), Breach, ("m0",)
        ),
        Example("只登记会议名称", _facts("2026-02-12", problems=""), noon("2026-03-20"), Breach, ("m0",)),
    ),
)
