"""报为完成的事项经抽查核实不属实（任务分工2.6；煤矿企业须如实提供情况）。"""

from datetime import datetime

from kuangan.corpus.rules._leadership import noon
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import SampleFacts

CITES = (Cite("register", "2.6"), Cite("coal_mine_safety_ordinance", "37.1"))
"""The second binds mines and their companies, not offices."""


def check(facts: SampleFacts, at: datetime) -> Outcome:
    """Whether what was reported as done was found untrue; what could not be shown says nothing."""
    if facts.verdict == "unshown":
        return Unknown(f"{facts.by}抽查核实，无法证实“{facts.title}”是否完成")
    if facts.verdict == "true":
        return Clear()
    reason = f"“{facts.title}”（{facts.period}）报为完成，{facts.by}抽查核实不属实：{facts.account}"
    return Breach(reason, (facts.key,), CITES if facts.enterprise else CITES[:1])


def _facts(verdict: str, *, enterprise: bool = True) -> SampleFacts:
    title, period, account = "月度安全例会", "2026年3月", "会议当日矿领导均在外地"
    return SampleFacts("1", title, period, enterprise, verdict, "示例县应急管理局", account)


RULE = Rule(
    id="reported_done_untrue",
    title="报为完成的事项核实不属实",
    measure="2.6",
    clauses=("2.6",),
    topic="sample_verified",
    check=check,
    cites=CITES,
    examples=(
        Example("煤矿所报不属实", _facts("untrue"), noon("2026-04-10"), Breach, ("1",)),
        Example("机关所报不属实", _facts("untrue", enterprise=False), noon("2026-04-10"), Breach, ("1",)),
        Example("所报属实", _facts("true"), noon("2026-04-10"), Clear),
        Example("无法证实的不作认定", _facts("unshown"), noon("2026-04-10"), Unknown),
    ),
)
