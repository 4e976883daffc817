"""全员安全生产责任制没有建立、没有按期修订评审或者没有覆盖全部岗位。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import LedgerFacts

CITES = (Cite("work_safety_law", "22.1"), Cite("coal_mine_safety_ordinance", "63.1.1"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The newest adoption or review: not longer ago than the interval, and all posts covered."""
    if gone(facts):
        return Clear()
    adopted = newest(entries_of(facts, "responsibility_system"))
    if not adopted:
        return Breach("没有建立全员安全生产责任制的记录", (), CITES)
    last, today = adopted[0], civil_date(at)
    until = local_span("responsibility_system.review_within", today).after(last.on)
    if today > until:
        return Breach(f"全员安全生产责任制自{date_text(last.on)}后没有修订或者评审", (last.key,), CITES)
    covered, total = last.values["posts_covered"], last.values["posts_total"]
    if covered < total:
        return Breach(f"全员安全生产责任制覆盖{covered}个岗位，岗位共{total}个", (last.key,), CITES)
    return Clear()


def _case(on: str, covered: int = 142) -> LedgerFacts:
    return facts_of({"responsibility_system": (entry("a", on, posts_covered=covered, posts_total=142),)})


_AT = moment("2026-03-10T08:00")

RULE = Rule(
    id="responsibility_system_outdated",
    title="全员安全生产责任制未按期修订",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1l",),
    about="mine",
    reads=("responsibility_system",),
    window_days=1100,
    examples=(
        Example("恰满一年", _case("2025-03-10"), _AT, Clear),
        Example("超过一年", _case("2025-03-09"), _AT, Breach, ("a",)),
        Example("2月29日修订，次年2月28日恰满", _case("2024-02-29"), moment("2025-02-28T08:00"), Clear),
        Example("2月29日修订，次年3月1日超过", _case("2024-02-29"), moment("2025-03-01T08:00"), Breach, ("a",)),
        Example("未覆盖全部岗位", _case("2026-01-12", 141), _AT, Breach, ("a",)),
        Example("没有建立", facts_of({}), _AT, Breach),
        Example("已关闭", facts_of({}, status="closed"), _AT, Clear),
    ),
)
