"""现场执法检查超过该类别煤矿年度频次上限（任务分工2.1）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "2.1"), Cite("check_frequency_2025"))
CLASSES = ("A", "B", "C", "D")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Checks of this year that count, of all levels together, against the cap of the class; guidance has a cap of its own."""
    today = civil_date(at)
    this_year = [
        check_made for check_made in entries_of(facts, "enforcement_check") if check_made.on.year == today.year
    ]
    counted = [entry for entry in this_year if entry.values["counts_toward_cap"] and entry.values["kind"] != "guidance"]
    guidance = [entry for entry in this_year if entry.values["kind"] == "guidance"]
    guided = _over(guidance, int(local("checks.maximum_guidance", today).value), "督导检查")
    mine_class = facts.attributes.get("mine_class")
    if mine_class not in CLASSES:
        return guided or Unknown("煤矿的分类类别未登记，无法确定检查频次上限")
    cap = int(local(f"checks.maximum.{mine_class}", today).value)
    return _over(counted, cap, f"{mine_class}类煤矿现场执法检查") or guided or Clear()


def _over(checks: list[EntryFact], cap: int, what: str) -> Found | None:
    if len(checks) <= cap:
        return None
    reason = f"本年度{what}各级合计{len(checks)}次，超过上限{cap}次"
    return Found(reason, tuple(check.key for check in checks), CITES, {"count": len(checks), "cap": cap})


def _facts(
    count: int, mine_class: str = "A", *, year: int = 2026, counts: bool = True, kind: str = "planned"
) -> LedgerFacts:
    checks = tuple(
        entry(f"c{index}", f"{year}-0{index + 1}-10", kind=kind, counts_toward_cap=counts) for index in range(count)
    )
    attributes = {"mine_class": mine_class} if mine_class else {}
    return facts_of({"enforcement_check": checks}, **attributes)


_AT = noon("2026-11-10")
_THREE = ("c0", "c1", "c2")

RULE = Rule(
    id="check_cap_exceeded",
    title="现场执法检查超过年度频次上限",
    measure="2.1",
    clauses=("2.1c",),
    topic="ledger",
    about="mine",
    reads=("enforcement_check",),
    window_days=366,
    check=check,
    cites=CITES,
    examples=(
        Example("A类恰为上限两次", _facts(2), _AT, Clear),
        Example("A类三次", _facts(3), _AT, Found, _THREE),
        Example("B类四次", _facts(4, "B"), _AT, Clear),
        Example("C类七次", _facts(7, "C"), _AT, Found, tuple(f"c{index}" for index in range(7))),
        Example("不计入上限的检查", _facts(3, counts=False, kind="tip"), _AT, Clear),
        Example("上年度的检查", _facts(3, year=2025), _AT, Clear),
        Example("督导检查恰为三次", _facts(3, kind="guidance"), _AT, Clear),
        Example("督导检查四次", _facts(4, kind="guidance"), _AT, Found, (*_THREE, "c3")),
        Example("未分类", _facts(3, ""), _AT, Unknown),
    ),
)
