"""现场执法检查超过该类别煤矿年度频次上限（任务分工2.1）。"""

from dataclasses import replace
from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "2.1"), Cite("check_frequency_2025"))
CLASSES = ("A", "B", "C", "D")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Checks of this year that count, of all levels together, against the cap of the class that the mine had on their day.

    Guidance has a cap of its own. A class published during the year binds from that day on: what was lawful before stays so.
    """
    today = civil_date(at)
    this_year = [
        check_made for check_made in entries_of(facts, "enforcement_check") if check_made.on.year == today.year
    ]
    counted = [entry for entry in this_year if _counts(entry)]
    guidance = [entry for entry in this_year if entry.values["kind"] == "guidance"]
    guided = _over(guidance, int(local("checks.maximum_guidance", today).value), "督导检查")
    return _over_class(facts, counted, today) or guided or _unclassed(facts, counted, today) or Clear()


def _counts(entry: EntryFact) -> bool:
    """A planned check counts whether it was ticked or not; guidance has a cap of its own."""
    kind = entry.values["kind"]
    return bool(kind == "planned" or (entry.values["counts_toward_cap"] and kind != "guidance"))


def _over_class(facts: LedgerFacts, checks: list[EntryFact], today: date) -> Breach | None:
    """Where a check goes beyond the cap of its day: all of the year up to the last one that does."""
    over = [
        (number, cap)
        for number, check_made in enumerate(checks, 1)
        if (cap := _cap(facts.attribute("mine_class", check_made.on), today)) is not None and number > cap
    ]
    if not over:
        return None
    number, cap = over[-1]
    return _over(checks[:number], cap, f"{facts.attribute('mine_class', checks[number - 1].on)}类煤矿现场执法检查")


def _cap(mine_class: str | None, today: date) -> int | None:
    return int(local(f"checks.maximum.{mine_class}", today).value) if mine_class in CLASSES else None


def _unclassed(facts: LedgerFacts, checks: list[EntryFact], today: date) -> Unknown | None:
    """The mine has no class today, or had none on the day of a check that some class would not allow."""
    if facts.attributes.get("mine_class") not in CLASSES:
        return Unknown("煤矿的分类类别未登记，无法确定检查频次上限")
    least = min(cap for mine_class in CLASSES if (cap := _cap(mine_class, today)) is not None)
    for number, check_made in enumerate(checks, 1):
        if number > least and facts.attribute("mine_class", check_made.on) not in CLASSES:
            return Unknown("检查当日煤矿的分类类别未登记，无法确定检查频次上限")
    return None


def _over(checks: list[EntryFact], cap: int, what: str) -> Breach | None:
    if len(checks) <= cap:
        return None
    reason = f"本年度{what}各级合计{len(checks)}次，超过上限{cap}次"
    return Breach(reason, tuple(check.key for check in checks), CITES, {"count": len(checks), "cap": cap})


def _facts(
    count: int, mine_class: str = "A", *, year: int = 2026, counts: bool = True, kind: str = "planned"
) -> LedgerFacts:
    checks = tuple(
        entry(f"c{index}", f"{year}-0{index + 1}-10", kind=kind, counts_toward_cap=counts) for index in range(count)
    )
    attributes = {"mine_class": mine_class} if mine_class else {}
    return facts_of({"enforcement_check": checks}, **attributes)


def _reclassed(count: int, before: str, after: str, since: str) -> LedgerFacts:
    """A check on the tenth of each month; the class changes on a day."""
    spells = (
        ((date(2026, 1, 1), before), (date.fromisoformat(since), after))
        if before
        else ((date.fromisoformat(since), after),)
    )
    return replace(_facts(count, after), spells={"mine_class": spells})


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
        Example("A类三次", _facts(3), _AT, Breach, _THREE),
        Example("B类四次", _facts(4, "B"), _AT, Clear),
        Example("C类七次", _facts(7, "C"), _AT, Breach, tuple(f"c{index}" for index in range(7))),
        Example("不计入上限的检查", _facts(3, counts=False, kind="tip"), _AT, Clear),
        Example("计划检查未勾选计入上限的也计入", _facts(3, counts=False), _AT, Breach, _THREE),
        Example("B1：公示前一日不能判定", _facts(3, year=2025), noon("2025-04-22"), Unknown),
        Example("上年度的检查", _facts(3, year=2025), _AT, Clear),
        Example("督导检查恰为三次", _facts(3, kind="guidance"), _AT, Clear),
        Example("督导检查四次", _facts(4, kind="guidance"), _AT, Breach, (*_THREE, "c3")),
        Example("未分类", _facts(3, ""), _AT, Unknown),
        Example("第三次检查当日公布为B类", _reclassed(3, "A", "B", "2026-03-10"), _AT, Clear),
        Example("第三次检查次日公布为B类，检查时仍为A类", _reclassed(3, "A", "B", "2026-03-11"), _AT, Breach, _THREE),
        Example("改为A类前已查四次，未超C类上限", _reclassed(4, "C", "A", "2026-04-11"), _AT, Clear),
        Example("改为A类当日查第四次", _reclassed(4, "C", "A", "2026-04-10"), _AT, Breach, (*_THREE, "c3")),
        Example("前三次检查时尚未分类", _reclassed(3, "", "A", "2026-06-01"), _AT, Unknown),
        Example("前两次检查时尚未分类", _reclassed(2, "", "A", "2026-06-01"), _AT, Clear),
    ),
)
