"""煤矿或者上级公司下达的年度生产计划超过核定（设计）生产能力。"""

from datetime import datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import capacities, idle, moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, newest, number
from kuangan.law.cite import Cite
from kuangan.law.instrument import in_force
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

HAZARD = Cite("major_hazard_criteria_2020", "4.1.2")
"""A plan over the capacity was a major hazard by itself until 2026-06-30; since then only production over it is."""
FORBIDDEN = Cite("coal_mine_safety_ordinance", "31.1")
ISSUERS = {"mine": "煤矿", "company": "上级公司"}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """The newest plan of each issuer for this year and later; exactly the capacity is allowed."""
    plans = newest(entries_of(facts, "production_plan_year"), "for_year", "issued_by")
    entries = [entry for entry in plans if entry.values["for_year"] >= civil_date(at).year]
    if not entries:
        return idle(facts, producing=True) or Unknown("没有本年度原煤生产计划")
    faults = [
        _fault(entry, capacities(facts, entry)[1]) for entry in entries if _over(entry, capacities(facts, entry)[1])
    ]
    over = [entry for entry in entries if _over(entry, capacities(facts, entry)[1])]
    cites = (HAZARD, FORBIDDEN) if any(in_force(HAZARD, entry.on) for entry in over) else (FORBIDDEN,)
    if any(_over(entry, capacities(facts, entry)[0]) for entry in entries):
        why = "计划填报的核定能力与一矿一册不一致，请核对后认定"
    else:
        known = all(facts.attribute("approved_capacity", entry.on) is not None for entry in entries)
        why = "" if known else "一矿一册未登记核定（设计）生产能力"
    return judged("超过生产能力下达生产计划", faults, cites, why)


def _over(entry: EntryFact, capacity: Decimal) -> bool:
    return bool(entry.values["planned_t"] > capacity)


def _fault(entry: EntryFact, capacity: Decimal) -> Fault:
    issuer, year = ISSUERS[entry.values["issued_by"]], entry.values["for_year"]
    planned = number(entry.values["planned_t"])
    return Fault(entry.key, f"{issuer}下达{year}年计划{planned}吨，核定能力{number(capacity)}吨")


def _case(
    planned: str, capacity: str = "120", year: int = 2026, on: str = "2025-12-18", **attributes: str
) -> LedgerFacts:
    values = {"planned_t": Decimal(planned), "capacity_wt": Decimal(capacity), "for_year": year, "issued_by": "company"}
    return facts_of({"production_plan_year": (entry("a", on, **values),)}, **attributes)


_AT = moment("2026-04-10T08:00")

RULE = Rule(
    id="production_plan_over_capacity",
    title="生产计划超过核定能力",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=(FORBIDDEN,),
    past=(HAZARD,),
    clauses=("3.1h",),
    about="mine",
    reads=("production_plan_year",),
    window_days=731,
    examples=(
        Example("恰等于核定能力", _case("1200000", approved_capacity="120"), _AT, Clear),
        Example("超过1吨", _case("1200001", approved_capacity="120"), _AT, Breach, ("a",)),
        Example(
            "A6：2026年7月1日下达的计划",
            _case("1200001", on="2026-07-01", approved_capacity="120"),
            moment("2026-07-10T08:00"),
            Breach,
            ("a",),
        ),
        Example("填报的能力高于一矿一册", _case("1200001", "150", approved_capacity="120"), _AT, Unknown),
        Example("一矿一册未登记能力", _case("1200000"), _AT, Unknown),
        Example("只有往年计划", _case("1200001", year=2025, approved_capacity="120"), _AT, Unknown),
        Example("建设矿井没有生产计划", facts_of({}, status="building"), _AT, Clear),
    ),
)
