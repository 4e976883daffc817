"""没有本年度的灾害预防和处理计划。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

ORDINANCE = Cite("coal_mine_safety_ordinance", "32")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether no plan covers today; a mine that never registered one leaves it open."""
    plans = entries_of(facts, "disaster_plan")
    if gone(facts):
        return Clear()
    if not plans:
        return Unknown("从未登记年度灾害预防和处理计划")
    today = civil_date(at)
    if any(plan.values["year"] == today.year and plan.values["valid_until"] >= today for plan in plans):
        return Clear()
    last = plans[-1]
    text = f"最近的计划为{last.values['year']}年度，有效期至{date_text(last.values['valid_until'])}"
    return judged(f"{today.year}年度没有有效的灾害预防和处理计划", [Fault(last.key, text)], (ORDINANCE,))


def _facts(year: int, until: str, **attributes: str) -> LedgerFacts:
    plan = entry("d", f"{year - 1}-12-25", until, year=year, valid_until=date.fromisoformat(until))
    return facts_of({"disaster_plan": (plan,)}, **attributes)


_FIRST = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
_EVE = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)

RULE = Rule(
    id="disaster_plan_missing",
    title="没有年度灾害预防和处理计划",
    measure="17.1",
    clauses=("17.1a",),
    topic="ledger",
    about="mine",
    reads=("disaster_plan",),
    window_days=800,
    check=check,
    cites=(ORDINANCE,),
    examples=(
        Example("年末最后一刻仍有效", _facts(2025, "2025-12-31"), _EVE, Clear),
        Example("元旦零时只有上年计划", _facts(2025, "2025-12-31"), _FIRST, Breach, ("d",)),
        Example("上年计划写成长期有效也不算", _facts(2025, "2026-12-31"), _FIRST, Breach, ("d",)),
        Example("已有本年度计划", _facts(2026, "2026-12-31"), _FIRST, Clear),
        Example("从未登记", facts_of({}), _FIRST, Unknown),
        Example("已关闭煤矿", _facts(2025, "2025-12-31", status="closed"), _FIRST, Clear),
    ),
)
