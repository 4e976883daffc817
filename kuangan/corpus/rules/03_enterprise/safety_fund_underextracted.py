"""安全生产费用未按当月产量和适用的最高标准足额提取。"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import fund_rates, idle, moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, number
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Clear, Example, Found, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("safety_fund_measures_2022", "7"), Cite("coal_mine_safety_ordinance", "38"))
RECENT = timedelta(days=100)
"""The mine's file tells today's grade; of older months the rate written at the time may have been right."""


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether each month of the last year was extracted in full; a pause for a high balance is allowed."""
    entries = [month for month in entries_of(facts, "safety_fund") if not _paused(month)]
    if not entries_of(facts, "safety_fund"):
        return idle(facts, producing=True) or Unknown("近一年没有安全生产费用提取记录")
    today = civil_date(at)
    faults = [
        _fault(entry, _least(facts, entry, today)) for entry in entries if _short(entry, _least(facts, entry, today))
    ]
    unsure = [entry for entry in entries if _short(entry, fund_rates(facts, entry.on)[1])]
    why = "一矿一册的瓦斯等级、冲击地压、水文地质类型或者自燃倾向性不全，或者近期有变化，不能认定应提标准"
    return judged("安全生产费用提取不足", faults, CITES, why if unsure else "")


def _least(facts: LedgerFacts, entry: EntryFact, today: date) -> Decimal:
    """The rate that applied at the very least."""
    low = fund_rates(facts, entry.on)[0]
    return low if today - entry.on <= RECENT else min(low, entry.values["rate"])


def _short(entry: EntryFact, rate: Decimal) -> bool:
    return bool(entry.values["extracted"] < entry.values["output_t"] * rate)


def _paused(entry: EntryFact) -> bool:
    last_year = entry.values.get("last_year_due")
    times = local_decimal("safety_fund.pause_times", entry.on)
    return bool(last_year and entry.values["opening_balance"] >= last_year * times)


def _fault(entry: EntryFact, rate: Decimal) -> Fault:
    output, extracted = entry.values["output_t"], entry.values["extracted"]
    due = output * rate
    text = f"{entry.on.year}年{entry.on.month}月产量{number(output)}吨，按每吨{number(rate)}元应提{number(due)}元，实提{number(extracted)}元，少提{number(due - extracted)}元"
    return Fault(entry.key, text)


def _month(
    extracted: str, on: str = "2026-03-31", rate: str = "30", **more: Decimal
) -> dict[str, tuple[EntryFact, ...]]:
    values = {
        "output_t": Decimal(1000),
        "rate": Decimal(rate),
        "extracted": Decimal(extracted),
        "opening_balance": Decimal(0),
    }
    return {"safety_fund": (entry("a", on, **{**values, **more}),)}


_AT = moment("2026-04-10T08:00")
_NEXT_DAY = moment("2026-04-11T08:00")
_PLAIN = {"rock_burst": "no", "hydrology": "simple", "spontaneous_combustion": "not_easy"}
_LOW, _HIGH = {**_PLAIN, "gas_grade": "low_gas"}, {**_PLAIN, "gas_grade": "high_gas"}

RULE = Rule(
    id="safety_fund_underextracted",
    title="安全生产费用提取不足",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1c",),
    about="mine",
    reads=("safety_fund",),
    window_days=366,
    examples=(
        Example("低瓦斯每吨15元，恰足额", facts_of(_month("15000"), **_LOW), _AT, Clear),
        Example("低瓦斯少提1分", facts_of(_month("14999.99"), **_LOW), _AT, Found, ("a",)),
        Example("高瓦斯每吨30元，恰足额", facts_of(_month("30000"), **_HIGH), _AT, Clear),
        Example("高瓦斯少提1分", facts_of(_month("29999.99"), **_HIGH), _AT, Found, ("a",)),
        Example(
            "突出矿井每吨50元，少提",
            facts_of(_month("49999.99"), **{**_PLAIN, "gas_grade": "outburst"}),
            _AT,
            Found,
            ("a",),
        ),
        Example("冲击地压从高提取", facts_of(_month("30000"), **{**_HIGH, "rock_burst": "yes"}), _AT, Found, ("a",)),
        Example("冲击地压，其他未登记也足以认定", facts_of(_month("49999"), rock_burst="yes"), _AT, Found, ("a",)),
        Example(
            "水文地质类型复杂从高提取",
            facts_of(_month("15000"), **{**_LOW, "hydrology": "complex"}),
            _AT,
            Found,
            ("a",),
        ),
        Example(
            "容易自燃从高提取",
            facts_of(_month("15000"), **{**_LOW, "spontaneous_combustion": "easy"}),
            _AT,
            Found,
            ("a",),
        ),
        Example(
            "自燃倾向性未登记",
            facts_of(_month("15000"), gas_grade="low_gas", rock_burst="no", hydrology="simple"),
            _AT,
            Unknown,
        ),
        Example("瓦斯等级未登记但已按最高标准提取", facts_of(_month("50000"), rock_burst="no"), _AT, Clear),
        Example(
            "月初结余达上年应提的三倍，可暂停提取",
            facts_of(_month("0", opening_balance=Decimal(300), last_year_due=Decimal(100)), **_LOW),
            _AT,
            Clear,
        ),
        Example(
            "月初结余不足三倍",
            facts_of(_month("0", opening_balance=Decimal("299.99"), last_year_due=Decimal(100)), **_LOW),
            _AT,
            Found,
            ("a",),
        ),
        Example("一百日内的月份按现等级", facts_of(_month("15000", "2025-12-31", "15"), **_HIGH), _AT, Found, ("a",)),
        Example(
            "一百日以前按当时标准足额，等级后来升高",
            facts_of(_month("15000", "2025-12-31", "15"), **_HIGH),
            _NEXT_DAY,
            Unknown,
        ),
        Example("近一年无记录", facts_of({}, **_LOW), _AT, Unknown),
        Example("停产且无记录", facts_of({}, **{**_LOW, "status": "halted"}), _AT, Clear),
    ),
)
