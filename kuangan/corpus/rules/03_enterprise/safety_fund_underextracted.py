"""安全生产费用未按当月产量和适用的最高标准足额提取。"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import MONTHS, fund_due, fund_rates, idle, moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, number
from kuangan.law.cite import Cite
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("safety_fund_measures_2022", "7"), Cite("coal_mine_safety_ordinance", "38"))
YEAR = timedelta(days=366)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether each month of the last year was extracted in full, by what the mine was then; a pause for a high balance is allowed.

    The pause counts from last year's own sheets, never from a figure typed beside it.
    """
    first = civil_date(at) - YEAR
    sheets = [entry for entry in entries_of(facts, "safety_fund") if entry.on >= first]
    if not sheets:
        return idle(facts, producing=True) or Unknown("近一年没有安全生产费用提取记录")
    short = [entry for entry in sheets if _short(entry, _least(facts, entry))]
    paused = {entry.key: _may_pause(facts, entry) for entry in sheets if _short(entry, fund_rates(facts, entry.on)[1])}
    faults = [_fault(entry, _least(facts, entry)) for entry in short if paused[entry.key] is False]
    unsure = [key for key, may in paused.items() if may is None]
    open_rates = [
        entry for entry in sheets if not _short(entry, _least(facts, entry)) and paused.get(entry.key) is False
    ]
    why = "一矿一册的瓦斯等级、冲击地压、水文地质类型或者自燃倾向性不全，或者当月有变化，不能认定应提标准"
    if unsure:
        why = "填报暂停提取，但上年度安全生产费用台账不足12个月，不能认定月初结余是否达到规定倍数"
    return judged("安全生产费用提取不足", faults, CITES, why if unsure or open_rates else "")


def _least(facts: LedgerFacts, entry: EntryFact) -> Decimal:
    """The rate that applied at the very least: what the mine was at both ends of the month."""
    return min(fund_rates(facts, entry.on)[0], fund_rates(facts, entry.on.replace(day=1))[0])


def _short(entry: EntryFact, rate: Decimal) -> bool:
    return bool(entry.values["extracted"] < entry.values["output_t"] * rate)


def _may_pause(facts: LedgerFacts, entry: EntryFact) -> bool | None:
    """Whether the balance allowed to extract less; None: claimed, and last year's sheets do not say what was due."""
    if not entry.values.get("last_year_due"):
        return False
    year = [sheet for sheet in entries_of(facts, "safety_fund") if sheet.on.year == entry.on.year - 1]
    if len({sheet.on.month for sheet in year}) < MONTHS:
        return None
    due = max(entry.values["last_year_due"], sum((fund_due(facts, sheet) for sheet in year), Decimal(0)))
    return bool(entry.values["opening_balance"] >= due * local_decimal("safety_fund.pause_times", entry.on))


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


def _paused_after(due: str, *, balance: str, output: str = "0") -> dict[str, tuple[EntryFact, ...]]:
    """A month without extraction after twelve months of last year; ``due`` is what the mine says was due then."""
    year = (
        entry(f"y{month}", f"2025-{month:02d}-28", output_t=Decimal(output), rate=Decimal(15), due=Decimal(0))
        for month in range(1, MONTHS + 1)
    )
    full = (
        replace(entry, values={**entry.values, "extracted": Decimal(output) * 15, "opening_balance": Decimal(0)})
        for entry in year
    )
    paused = _month("0", opening_balance=Decimal(balance), last_year_due=Decimal(due))["safety_fund"]
    return {"safety_fund": (*full, *paused)}


def _graded(sheets: dict[str, tuple[EntryFact, ...]]) -> LedgerFacts:
    """A mine that was graded anew on 20 March."""
    spells = {"gas_grade": ((date(2020, 1, 1), "low_gas"), (date(2026, 3, 20), "high_gas"))}
    return replace(facts_of(sheets, **_HIGH), spells=spells)


_AT = moment("2026-04-10T08:00")
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
    window_days=800,
    examples=(
        Example("低瓦斯每吨15元，恰足额", facts_of(_month("15000"), **_LOW), _AT, Clear),
        Example("低瓦斯少提1分", facts_of(_month("14999.99"), **_LOW), _AT, Breach, ("a",)),
        Example("高瓦斯每吨30元，恰足额", facts_of(_month("30000"), **_HIGH), _AT, Clear),
        Example("高瓦斯少提1分", facts_of(_month("29999.99"), **_HIGH), _AT, Breach, ("a",)),
        Example(
            "突出矿井每吨50元，少提",
            facts_of(_month("49999.99"), **{**_PLAIN, "gas_grade": "outburst"}),
            _AT,
            Breach,
            ("a",),
        ),
        Example("冲击地压从高提取", facts_of(_month("30000"), **{**_HIGH, "rock_burst": "yes"}), _AT, Breach, ("a",)),
        Example("冲击地压，其他未登记也足以认定", facts_of(_month("49999"), rock_burst="yes"), _AT, Breach, ("a",)),
        Example(
            "水文地质类型复杂从高提取",
            facts_of(_month("15000"), **{**_LOW, "hydrology": "complex"}),
            _AT,
            Breach,
            ("a",),
        ),
        Example(
            "容易自燃从高提取",
            facts_of(_month("15000"), **{**_LOW, "spontaneous_combustion": "easy"}),
            _AT,
            Breach,
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
            facts_of(_paused_after("100", balance="300"), **_LOW),
            _AT,
            Clear,
        ),
        Example("月初结余不足三倍", facts_of(_paused_after("100", balance="299.99"), **_LOW), _AT, Breach, ("a",)),
        Example(
            "B12：填报的上年应提数小于按上年产量计算的数",
            facts_of(_paused_after("0.01", balance="1", output="1000"), **_LOW),
            _AT,
            Breach,
            ("a",),
        ),
        Example(
            "B12：上年台账不足12个月",
            facts_of(_month("0", opening_balance=Decimal(300), last_year_due=Decimal(100)), **_LOW),
            _AT,
            Unknown,
        ),
        Example(
            "B6：1月为低瓦斯，3月20日改为高瓦斯，1月按15元足额",
            _graded(_month("15000", "2026-01-31", "15")),
            _AT,
            Clear,
        ),
        Example("B6：当月改为高瓦斯，按15元提取，不能认定", _graded(_month("15000", "2026-03-31", "15")), _AT, Unknown),
        Example(
            "B6：改为高瓦斯的次月按15元提取",
            _graded(_month("15000", "2026-04-30", "15")),
            moment("2026-05-10T08:00"),
            Breach,
            ("a",),
        ),
        Example("B6：露天矿每吨5元，恰足额", facts_of(_month("5000"), mine_type="open_pit"), _AT, Clear),
        Example("B6：露天矿少提1分", facts_of(_month("4999.99"), mine_type="open_pit"), _AT, Breach, ("a",)),
        Example("近一年无记录", facts_of({}, **_LOW), _AT, Unknown),
        Example("停产且无记录", facts_of({}, **{**_LOW, "status": "halted"}), _AT, Clear),
    ),
)
