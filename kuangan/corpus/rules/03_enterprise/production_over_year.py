"""全年原煤产量达到核定（设计）生产能力的规定比例：超能力生产。"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import capacities, idle, missing_months, moment
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, number, told
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("major_hazard_criteria_2020", "4"), Cite("coal_mine_safety_ordinance", "36.1.1"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """This year's output so far, and last year's, against the yearly capacity; reaching the share is over."""
    entries = [month for month in entries_of(facts, "production_month") if month.on.year >= civil_date(at).year - 1]
    if not entries:
        return idle(facts, producing=True) or Unknown("没有原煤产量月报")
    over = {year: months for year, months in _years(entries).items() if _reached(facts, months, highest=True)}
    if over:
        keys = tuple(month.key for months in over.values() for month in months)
        return Found(
            told("全年超能力组织生产", (_text(facts, year, months) for year, months in over.items())), keys, CITES
        )
    if any(_reached(facts, months, highest=False) for months in _years(entries).values()):
        return Unknown("月报填报的核定能力与一矿一册不一致，请核对后认定")
    if missing_months(entries):
        return Unknown(f"原煤产量月报缺{missing_months(entries)}个月")
    return Clear() if "approved_capacity" in facts.attributes else Unknown("一矿一册未登记核定（设计）生产能力")


def _years(entries: list[EntryFact]) -> dict[int, list[EntryFact]]:
    by_year: dict[int, list[EntryFact]] = defaultdict(list)
    for month in entries:
        by_year[month.on.year].append(month)
    return by_year


def _total(months: list[EntryFact]) -> Decimal:
    return sum((month.values["output_t"] for month in months), Decimal(0))


def _capacity(facts: LedgerFacts, months: list[EntryFact], *, highest: bool) -> Decimal:
    """By the last month of the year."""
    return capacities(facts, months[-1])[1 if highest else 0]


def _reached(facts: LedgerFacts, months: list[EntryFact], *, highest: bool) -> bool:
    share = local_decimal("production.year_share", months[-1].on)
    return _total(months) >= _capacity(facts, months, highest=highest) * share / 100


def _text(facts: LedgerFacts, year: int, months: list[EntryFact]) -> str:
    total, capacity = _total(months), _capacity(facts, months, highest=True)
    return f"{year}年1至{months[-1].on.month}月产量{number(total)}吨，达核定能力{number(capacity)}吨的{number(total * 100 / capacity)}%"


def _case(*months: tuple[str, str], capacity: str = "120", **attributes: str) -> LedgerFacts:
    made = (
        entry(f"m{index}", on, output_t=Decimal(output), capacity_wt=Decimal(capacity))
        for index, (on, output) in enumerate(months)
    )
    return facts_of({"production_month": tuple(made)}, **attributes)


_AT = moment("2026-12-10T08:00")
_OCTOBER, _NOVEMBER = ("2026-10-31", "1200000"), ("2026-11-30", "120000")

RULE = Rule(
    id="production_over_year",
    title="全年产量超能力",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1h",),
    about="mine",
    reads=("production_month",),
    window_days=731,
    examples=(
        Example("恰达110%", _case(_OCTOBER, _NOVEMBER, approved_capacity="120"), _AT, Found, ("m0", "m1")),
        Example("差1吨到110%", _case(_OCTOBER, ("2026-11-30", "119999"), approved_capacity="120"), _AT, Clear),
        Example(
            "跨年的分年计算",
            _case(("2025-12-31", "1200000"), ("2026-01-31", "120000"), approved_capacity="120"),
            moment("2026-02-10T08:00"),
            Clear,
        ),
        Example(
            "填报的能力高于一矿一册", _case(_OCTOBER, _NOVEMBER, capacity="150", approved_capacity="120"), _AT, Unknown
        ),
        Example("中间缺月", _case(("2026-08-31", "100000"), _NOVEMBER, approved_capacity="120"), _AT, Unknown),
        Example("一矿一册未登记能力", _case(_NOVEMBER), _AT, Unknown),
        Example("没有月报", facts_of({}), _AT, Unknown),
    ),
)
