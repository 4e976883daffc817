"""上年度安全生产费用使用不足应提金额的规定比例，又未按期书面说明。"""

from datetime import date, datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import MONTHS, fund_due, moment, worked
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, number
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("safety_fund_measures_2022"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Last year's use against what was due; an explanation clears it once reported, or until the day to report it is over."""
    today = civil_date(at)
    year = today.year - 1
    if _explained(facts, year, today):
        return Clear()
    months = [entry for entry in entries_of(facts, "safety_fund") if entry.on.year == year]
    if not months:
        if worked(facts, date(year, 1, 1), date(year, 12, 31), producing=True) is False:
            return Clear()
        return Unknown(f"没有{year}年度安全生产费用台账")
    if len({entry.on.month for entry in months}) < MONTHS:
        return Unknown(f"{year}年度安全生产费用台账不足{MONTHS}个月")
    due = sum((fund_due(facts, entry) for entry in months), Decimal(0))
    used = sum((entry.values["used"] for entry in months), Decimal(0))
    least = local_decimal("safety_fund.min_use_share", date(year, 12, 31))
    if not due or _share(used, due) >= least:
        return Clear()
    reason = f"{year}年度安全生产费用应提{number(due)}元，使用{number(used)}元，占{number(_share(used, due))}%，不足{number(least)}%，未经决策机构批准并报送书面说明"
    return Breach(reason, tuple(entry.key for entry in months), CITES, {"due": str(due), "used": str(used)})


def _share(used: Decimal, due: Decimal) -> Decimal:
    """Percent of what was due."""
    return used * 100 / due


def _explained(facts: LedgerFacts, year: int, today: date) -> bool:
    month, day = (int(part) for part in str(local("safety_fund.explain_until", today).value).split("-"))
    explanations = [entry for entry in entries_of(facts, "safety_fund_explanation") if entry.values["for_year"] == year]
    return any("reported_on" in entry.values or today <= date(today.year, month, day) for entry in explanations)


def _year(used: str, months: int = MONTHS, due: str = "100", output: str = "0") -> dict[str, tuple[EntryFact, ...]]:
    made = (
        entry(
            f"m{month}",
            f"2025-{month:02d}-28",
            output_t=Decimal(output),
            due=Decimal(due),
            used=Decimal(used) if month == 1 else Decimal(0),
        )
        for month in range(1, months + 1)
    )
    return {"safety_fund": tuple(made)}


def _with_explanation(**values: object) -> dict[str, tuple[EntryFact, ...]]:
    return {**_year("719.99"), "safety_fund_explanation": (entry("e", "2026-03-20", for_year=2025, **values),)}


_AT = moment("2026-04-30T12:00")
_LATER = moment("2026-05-01T00:00")
_ALL = tuple(f"m{month}" for month in range(1, MONTHS + 1))

RULE = Rule(
    id="safety_fund_underused",
    title="安全生产费用使用不足且未说明",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1c",),
    about="mine",
    reads=("safety_fund", "safety_fund_explanation"),
    window_days=731,
    examples=(
        Example("恰用60%", facts_of(_year("720")), _AT, Clear),
        Example("不足60%且未说明", facts_of(_year("719.99")), _AT, Breach, _ALL),
        Example("不足60%，已批准说明，报送期限未过", facts_of(_with_explanation()), _AT, Clear),
        Example("不足60%，说明逾期未报送", facts_of(_with_explanation()), _LATER, Breach, _ALL),
        Example("不足60%，说明已报送", facts_of(_with_explanation(reported_on=date(2026, 4, 2))), _LATER, Clear),
        Example(
            "B12：应提金额填报为0，按产量和标准应提18万元，一分未用",
            facts_of(_year("0", due="0", output="1000"), gas_grade="low_gas", rock_burst="no"),
            _AT,
            Breach,
            _ALL,
        ),
        Example("上年全年未生产", facts_of({}, status="halted"), _AT, Clear),
        Example("台账缺月", facts_of(_year("720", 11)), _AT, Unknown),
        Example("没有台账", facts_of({}), _AT, Unknown),
    ),
)
