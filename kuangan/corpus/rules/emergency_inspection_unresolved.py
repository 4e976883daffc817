"""应急基础检查、救护队预防性检查发现的问题逾期未整改。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import entry, facts_of, judged, rows, unresolved
from kuangan.law.cite import Cite
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "18.1")
CHECKS = {"emergency_inspection": "应急基础检查", "rescue_preventive_check": "救护队预防性检查"}
NONE_FOUND = "未发现问题"


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether findings of either check stand open after their day; findings without a day leave it open."""
    faults = [fault for ledger, what in CHECKS.items() for fault in unresolved(facts, ledger, civil_date(at), what)]
    silent = any(
        "due_on" not in each.values and each.values["findings"] != NONE_FOUND
        for ledger in CHECKS
        for each in rows(facts, ledger)
    )
    unknown = "检查发现的问题未填写整改期限" if silent else ""
    return judged("应急和救护检查发现的问题逾期未整改", faults, (REGISTER,), unknown)


def _facts(ledger: str, findings: str = "避灾路线标识缺2处", **days: str) -> LedgerFacts:
    values = {name: date.fromisoformat(day) for name, day in days.items()}
    return facts_of({ledger: (entry("i", "2026-03-03", findings=findings, **values),)})


_AT = datetime(2026, 3, 8, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="emergency_inspection_unresolved",
    title="应急和救护检查问题逾期未整改",
    measure="18.1",
    clauses=("18.1",),
    topic="ledger",
    about="mine",
    reads=("emergency_inspection", "rescue_preventive_check"),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("今日到期", _facts("rescue_preventive_check", due_on="2026-03-08"), _AT, Clear),
        Example("昨日到期", _facts("rescue_preventive_check", due_on="2026-03-07"), _AT, Found, ("i",)),
        Example("应急检查昨日到期", _facts("emergency_inspection", due_on="2026-03-07"), _AT, Found, ("i",)),
        Example("已闭环", _facts("emergency_inspection", due_on="2026-03-07", closed_on="2026-03-06"), _AT, Clear),
        Example("未发现问题", _facts("emergency_inspection", "未发现问题"), _AT, Clear),
        Example("未填整改期限", _facts("emergency_inspection"), _AT, Unknown),
    ),
)
