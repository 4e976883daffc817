"""计划执法检查低于该类别煤矿最低频次的进度（任务分工2.1）。"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "2.1"), Cite("classification_measures_2020"))
CLASSES = ("A", "B", "C", "D")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Planned checks of last year against the minimum of the class it ended with; of this year in step with the months that are over.

    Each month asks by the class that the mine had at its end, so that a class published during the year asks nothing for the time before.
    """
    if gone(facts):
        return Clear()
    today = civil_date(at)
    eve = date(today.year - 1, 12, 31)
    missed = _short(facts, eve, 12, _least(facts, eve)) if facts.attribute("mine_class", eve) in CLASSES else None
    if facts.attributes.get("mine_class") not in CLASSES:
        return missed or Unknown("煤矿的分类类别未登记，无法确定最低检查频次")
    over = [date(today.year, month + 1, 1) - timedelta(days=1) for month in range(1, today.month)]
    expected = sum(_least(facts, end) for end in over) // 12
    return missed or _short(facts, today, len(over), expected) or Clear()


def _least(facts: LedgerFacts, on: date) -> int:
    """How many checks a year the class of that day asks for; of a day without a class none."""
    mine_class = facts.attribute("mine_class", on)
    return int(local(f"checks.minimum.{mine_class}", on).value) if mine_class in CLASSES else 0


def _short(facts: LedgerFacts, on: date, months: int, expected: int) -> Breach | None:
    """Too few checks in the year of ``on`` when its first ``months`` are over and so many were expected."""
    mine_class, least = facts.attribute("mine_class", on), _least(facts, on)
    checks = entries_of(facts, "enforcement_check")
    done = [entry for entry in checks if entry.on.year == on.year and entry.values["kind"] == "planned"]
    if len(done) >= expected:
        return None
    step = "" if months == 12 else f"，按时序应完成{expected}次"
    reason = f"{mine_class}类煤矿{on.year}年至少检查{least}次{step}，实际完成{len(done)}次"
    return Breach(reason, tuple(entry.key for entry in done), CITES, {"expected": expected, "done": len(done)})


def _facts(count: int, mine_class: str = "C", kind: str = "planned", since: str = "2026-01-01") -> LedgerFacts:
    checks = tuple(entry(f"c{index}", f"2026-0{index + 1}-10", kind=kind) for index in range(count))
    of_mine = facts_of({"enforcement_check": checks}, **({"mine_class": mine_class} if mine_class else {}))
    return replace(of_mine, spells={"mine_class": ((date.fromisoformat(since), mine_class),)} if mine_class else {})


def _reclassed(count: int, since: str) -> LedgerFacts:
    """A mine of class B becomes one of class C."""
    spells = ((date(2026, 1, 1), "B"), (date.fromisoformat(since), "C"))
    return replace(_facts(count), spells={"mine_class": spells})


RULE = Rule(
    id="check_below_minimum",
    title="计划执法检查低于最低频次",
    measure="2.1",
    clauses=("2.1c",),
    topic="ledger",
    about="mine",
    reads=("enforcement_check",),
    window_days=731,
    check=check,
    cites=CITES,
    examples=(
        Example("C类前三个月未过，尚不要求", _facts(0), noon("2026-03-31"), Clear),
        Example("C类一季度已过，一次未查", _facts(0), noon("2026-04-01"), Breach),
        Example("C类一季度已过，查一次", _facts(1), noon("2026-04-01"), Clear),
        Example("C类九个月已过，只查两次", _facts(2), noon("2026-10-01"), Breach, ("c0", "c1")),
        Example("举报核查不计为计划检查", _facts(1, kind="tip"), noon("2026-04-01"), Breach),
        Example("B9：A类全年一次未查，年末尚未过", _facts(0, "A"), noon("2026-12-31"), Clear),
        Example("B9：A类全年一次未查", _facts(0, "A"), noon("2027-01-01"), Breach),
        Example("B9：B类全年只查一次", _facts(1, "B"), noon("2027-01-15"), Breach, ("c0",)),
        Example("B9：B类全年查两次", _facts(2, "B"), noon("2027-01-15"), Clear),
        Example("B9：C类全年只查三次", _facts(3, "C"), noon("2027-01-15"), Breach, ("c0", "c1", "c2")),
        Example("B9：D类全年一次未查", _facts(0, "D"), noon("2027-01-15"), Breach),
        Example("上年末尚未分类的年度不判", _facts(0, "C", since="2027-01-05"), noon("2027-01-15"), Clear),
        Example("未分类", _facts(1, ""), noon("2026-04-01"), Unknown),
        Example("8月15日由B类公布为C类，当月未过", _reclassed(1, "2026-08-15"), noon("2026-08-31"), Clear),
        Example("8月15日由B类公布为C类，此前的月份仍按B类", _reclassed(1, "2026-08-15"), noon("2026-10-31"), Clear),
        Example("8月15日由B类公布为C类，10月末已过", _reclassed(1, "2026-08-15"), noon("2026-11-01"), Breach, ("c0",)),
        Example("9月30日由B类公布为C类，9月按C类", _reclassed(1, "2026-09-30"), noon("2026-11-01"), Breach, ("c0",)),
        Example("10月1日由B类公布为C类，9月按B类", _reclassed(1, "2026-10-01"), noon("2026-11-01"), Clear),
    ),
)
