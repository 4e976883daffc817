"""月原煤产量大于核定（设计）生产能力的规定比例：超能力生产。"""

from datetime import datetime
from decimal import Decimal

from kuangan.corpus.rules._enterprise import capacities, idle, moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, number
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("major_hazard_criteria_2020", "4"), Cite("coal_mine_safety_ordinance", "36.1.1"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Each month's output against its share of the yearly capacity; exactly the share is not over."""
    entries = entries_of(facts, "production_month")
    if not entries:
        return idle(facts, producing=True) or Unknown("近一年没有原煤产量月报")
    faults = [
        _fault(entry, capacities(facts, entry)[1]) for entry in entries if _over(entry, capacities(facts, entry)[1])
    ]
    unsure = any(_over(entry, capacities(facts, entry)[0]) for entry in entries)
    why = "月报填报的核定能力与一矿一册不一致，请核对后认定" if unsure else ""
    if not why and "approved_capacity" not in facts.attributes:
        why = "一矿一册未登记核定（设计）生产能力"
    return judged("超能力组织生产", faults, CITES, why)


def _limit(entry: EntryFact, capacity: Decimal) -> Decimal:
    return capacity * local_decimal("production.month_share", entry.on) / 100


def _over(entry: EntryFact, capacity: Decimal) -> bool:
    return bool(entry.values["output_t"] > _limit(entry, capacity))


def _fault(entry: EntryFact, capacity: Decimal) -> Fault:
    output = entry.values["output_t"]
    text = f"{entry.on.year}年{entry.on.month}月产量{number(output)}吨，占核定能力{number(capacity)}吨的{number(output * 100 / capacity)}%"
    return Fault(entry.key, text)


def _case(output: str, capacity: str = "120", **attributes: str) -> LedgerFacts:
    values = {"output_t": Decimal(output), "capacity_wt": Decimal(capacity)}
    return facts_of({"production_month": (entry("a", "2026-03-31", **values),)}, **attributes)


_AT = moment("2026-04-10T08:00")

RULE = Rule(
    id="production_over_month",
    title="月产量超能力",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1h",),
    about="mine",
    reads=("production_month",),
    window_days=366,
    examples=(
        Example("恰为10%，不算超", _case("120000", approved_capacity="120"), _AT, Clear),
        Example("超过10%", _case("120000.01", approved_capacity="120"), _AT, Found, ("a",)),
        Example("填报的能力高于一矿一册", _case("120000.01", "150", approved_capacity="120"), _AT, Unknown),
        Example("按填报的较高能力也超过", _case("150000.01", "150", approved_capacity="120"), _AT, Found, ("a",)),
        Example("一矿一册未登记能力", _case("120000"), _AT, Unknown),
        Example("没有月报", facts_of({}), _AT, Unknown),
        Example("停产且没有月报", facts_of({}, status="halted"), _AT, Clear),
    ),
)
