"""安全培训专项检查发现的问题逾期未整改。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import entry, facts_of, judged, undated, unresolved
from kuangan.law.cite import Cite
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "7.3")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether findings of a training inspection stand open after their day; findings without a day leave it open."""
    faults = unresolved(facts, "training_inspection", civil_date(at), "安全培训专项检查")
    silent = undated(facts, "training_inspection")
    unknown = "安全培训专项检查发现的问题未填写整改期限" if silent else ""
    return judged("安全培训专项检查发现的问题逾期未整改", faults, (REGISTER,), unknown)


def _facts(findings: str = "签到表缺签名", **days: str) -> LedgerFacts:
    values = {name: date.fromisoformat(day) for name, day in days.items()}
    return facts_of({"training_inspection": (entry("i", "2026-04-15", findings=findings, **values),)})


_AT = datetime(2026, 4, 25, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="training_inspection_unresolved",
    title="培训检查问题逾期未整改",
    measure="7.3",
    clauses=("7.3a",),
    topic="ledger",
    about="mine",
    reads=("training_inspection",),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("今日到期", _facts(due_on="2026-04-25"), _AT, Clear),
        Example("昨日到期", _facts(due_on="2026-04-24"), _AT, Found, ("i",)),
        Example("已闭环", _facts(due_on="2026-04-24", closed_on="2026-04-24"), _AT, Clear),
        Example("未发现问题", _facts("未发现问题"), _AT, Clear),
        Example("未填整改期限", _facts(), _AT, Unknown),
    ),
)
