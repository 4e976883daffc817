"""设区的市政府上季度未召开煤矿安全生产会议（任务分工1.1）。"""

from datetime import datetime

from kuangan.corpus.rules._leadership import noon, unit_facts
from kuangan.corpus.rules._ledger import entry
from kuangan.corpus.rules._meetings import REGISTER, missed
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import LedgerFacts


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """No meeting in the last quarter that is over."""
    return missed(facts, at, "quarter", "市政府")


def _facts(*days: str, problems: str = "顶板事故苗头增多") -> LedgerFacts:
    return unit_facts(
        "1404-government",
        coal_meeting=tuple(
            entry(f"m{index}", day, agenda="研究顶板治理", problems=problems) for index, day in enumerate(days)
        ),
    )


RULE = Rule(
    id="city_meeting_missed",
    title="市政府未按季度召开煤矿安全生产会议",
    measure="1.1",
    clauses=("1.1e",),
    topic="ledger",
    about="city_government",
    reads=("coal_meeting",),
    window_days=200,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("上季度首日召开", _facts("2026-01-01"), noon("2026-05-10"), Clear),
        Example("上季度末日召开", _facts("2026-03-31"), noon("2026-05-10"), Clear),
        Example("5.10：分析的突出问题写“无”", _facts("2026-03-31", problems="无"), noon("2026-05-10"), Breach, ("m0",)),
        Example("只在本季度召开", _facts("2026-04-01"), noon("2026-05-10"), Breach),
        Example("宽限未过，仍看再上季度", _facts("2025-11-20"), noon("2026-04-07"), Clear),
        Example("宽限已过", _facts("2025-11-20"), noon("2026-04-08"), Breach),
    ),
)
