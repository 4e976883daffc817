"""救护队预防性检查发现的问题逾期未整改。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import entry, facts_of, judged, undated, unresolved
from kuangan.law.cite import Cite
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "18.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether findings of such a check stand open after their day; findings without a day leave it open."""
    faults = unresolved(facts, "rescue_preventive_check", civil_date(at), "救护队预防性检查")
    unknown = "救护队预防性检查发现的问题未填写整改期限" if undated(facts, "rescue_preventive_check") else ""
    return judged("救护队预防性检查发现的问题逾期未整改", faults, (REGISTER,), unknown)


def _facts(findings: str = "避灾路线标识缺2处", **days: str) -> LedgerFacts:
    values = {name: date.fromisoformat(day) for name, day in days.items()}
    return facts_of({"rescue_preventive_check": (entry("i", "2026-03-03", findings=findings, **values),)})


_AT = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="preventive_check_unresolved",
    title="救护队预防性检查问题逾期未整改",
    measure="18.1",
    clauses=("18.1",),
    topic="ledger",
    about="mine",
    reads=("rescue_preventive_check",),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("今日到期", _facts(due_on="2026-03-08"), _AT, Clear),
        Example("昨日到期", _facts(due_on="2026-03-07"), _AT, Found, ("i",)),
        Example("已闭环", _facts(due_on="2026-03-07", closed_on="2026-03-06"), _AT, Clear),
        Example("未发现问题", _facts("未发现问题"), _AT, Clear),
        Example("未填整改期限", _facts(), _AT, Unknown),
    ),
)
