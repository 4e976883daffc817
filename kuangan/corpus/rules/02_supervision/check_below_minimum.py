"""计划执法检查低于该类别煤矿最低频次的进度（任务分工2.1）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "2.1"), Cite("classification_measures_2020"))
CLASSES = ("A", "B", "C", "D")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Planned checks of this year against the minimum of the class, in step with the months that are over."""
    if gone(facts):
        return Clear()
    today = civil_date(at)
    mine_class = facts.attributes.get("mine_class")
    if mine_class not in CLASSES:
        return Unknown("煤矿的分类类别未登记，无法确定最低检查频次")
    least = int(local(f"checks.minimum.{mine_class}", today).value)
    expected = least * (today.month - 1) // 12
    done = [
        check_made
        for check_made in entries_of(facts, "enforcement_check")
        if check_made.on.year == today.year and check_made.values["kind"] == "planned"
    ]
    if len(done) >= expected:
        return Clear()
    reason = f"{mine_class}类煤矿全年至少检查{least}次，按时序应完成{expected}次，实际完成{len(done)}次"
    return Found(reason, tuple(entry.key for entry in done), CITES, {"expected": expected, "done": len(done)})


def _facts(count: int, mine_class: str = "C", kind: str = "planned") -> LedgerFacts:
    checks = tuple(entry(f"c{index}", f"2026-0{index + 1}-10", kind=kind) for index in range(count))
    return facts_of({"enforcement_check": checks}, **({"mine_class": mine_class} if mine_class else {}))


RULE = Rule(
    id="check_below_minimum",
    title="计划执法检查低于最低频次",
    measure="2.1",
    clauses=("2.1c",),
    topic="ledger",
    about="mine",
    reads=("enforcement_check",),
    window_days=366,
    check=check,
    cites=CITES,
    examples=(
        Example("C类前三个月未过，尚不要求", _facts(0), noon("2026-03-31"), Clear),
        Example("C类一季度已过，一次未查", _facts(0), noon("2026-04-01"), Found),
        Example("C类一季度已过，查一次", _facts(1), noon("2026-04-01"), Clear),
        Example("C类九个月已过，只查两次", _facts(2), noon("2026-10-01"), Found, ("c0", "c1")),
        Example("举报核查不计为计划检查", _facts(1, kind="tip"), noon("2026-04-01"), Found),
        Example("未分类", _facts(1, ""), noon("2026-04-01"), Unknown),
    ),
)
