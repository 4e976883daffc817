"""应急基础检查发现的问题逾期未整改。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import entry, facts_of, judged, undated, unresolved
from kuangan.law.cite import Cite
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "17.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether findings of such a check stand open after their day; findings without a day leave it open."""
    faults = unresolved(facts, "emergency_inspection", civil_date(at), "应急基础检查")
    unknown = "应急基础检查发现的问题未填写整改期限" if undated(facts, "emergency_inspection") else ""
    return judged("应急基础检查发现的问题逾期未整改", faults, (REGISTER,), unknown)


def _facts(findings: str = "避灾路线标识缺2处", **days: str) -> LedgerFacts:
    values = {name: date.fromisoformat(day) for name, day in days.items()}
    return facts_of({"emergency_inspection": (entry("i", "2026-03-03", findings=findings, **values),)})


_AT = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="emergency_inspection_unresolved",
    title="应急基础检查问题逾期未整改",
    measure="17.1",
    clauses=("17.1a",),
    topic="ledger",
    about="mine",
    reads=("emergency_inspection",),
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
