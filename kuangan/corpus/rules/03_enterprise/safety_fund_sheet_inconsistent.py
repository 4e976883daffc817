"""安全生产费用台账的数字前后不符：使用合计、结余、与上月衔接。"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from kuangan.corpus.rules._enterprise import idle, moment, month_key
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, number
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("safety_fund_measures_2022", "8"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether what is due is output at the rate, the categories add up to what was used, the balance follows, and each month begins with the last one's balance."""
    entries = entries_of(facts, "safety_fund")
    if not entries:
        return idle(facts, producing=True) or Unknown("近一年没有安全生产费用台账")
    return judged("安全生产费用台账数字不符", _faults(entries), CITES)


def _faults(entries: tuple[EntryFact, ...]) -> Iterator[Fault]:
    before: EntryFact | None = None
    for sheet in entries:
        values, month = sheet.values, f"{sheet.on.year}年{sheet.on.month}月"
        due = values["output_t"] * values["rate"]
        if values["due"] != due:
            yield Fault(sheet.key, f"{month}按产量和提取标准应提{number(due)}元，填报{number(values['due'])}元")
        parts = sum((value for name, value in values.items() if name.startswith("used_")), Decimal(0))
        if parts != values["used"]:
            yield Fault(sheet.key, f"{month}各类支出之和{number(parts)}元，使用合计{number(values['used'])}元")
        balance = values["opening_balance"] + values["extracted"] - values["used"]
        if balance != values["balance"]:
            yield Fault(sheet.key, f"{month}月末结余应为{number(balance)}元，填报{number(values['balance'])}元")
        if before and _follows(before, sheet) and before.values["balance"] != values["opening_balance"]:
            yield Fault(sheet.key, f"{month}月初结余与上月月末结余{number(before.values['balance'])}元不符")
        before = sheet


def _follows(before: EntryFact, entry: EntryFact) -> bool:
    year, month = month_key(before.on)
    return month_key(entry.on) == ((year, month + 1) if month < 12 else (year + 1, 1))


def _month(key: str, on: str, opening: str, training: str, used: str, balance: str, due: str = "150") -> EntryFact:
    values = {
        "output_t": "10",
        "rate": "15",
        "due": due,
        "opening_balance": opening,
        "extracted": "100",
        "used_training": training,
        "used": used,
        "balance": balance,
    }
    return entry(key, on, **{name: Decimal(value) for name, value in values.items()})


def _case(*entries: EntryFact) -> LedgerFacts:
    return facts_of({"safety_fund": entries})


_AT = moment("2026-04-10T08:00")
_FEBRUARY = _month("a", "2026-02-28", "10", "60", "60", "50")

RULE = Rule(
    id="safety_fund_sheet_inconsistent",
    title="安全生产费用台账数字不符",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1c",),
    about="mine",
    reads=("safety_fund",),
    window_days=366,
    examples=(
        Example("相符并与上月衔接", _case(_FEBRUARY, _month("b", "2026-03-31", "50", "20", "20", "130")), _AT, Clear),
        Example(
            "B12：应提金额不等于产量乘以标准",
            _case(_month("a", "2026-02-28", "10", "60", "60", "50", due="0.01")),
            _AT,
            Breach,
            ("a",),
        ),
        Example("类别之和差1分", _case(_month("a", "2026-02-28", "10", "59.99", "60", "50")), _AT, Breach, ("a",)),
        Example("结余差1分", _case(_month("a", "2026-02-28", "10", "60", "60", "50.01")), _AT, Breach, ("a",)),
        Example(
            "月初结余与上月不衔接",
            _case(_FEBRUARY, _month("b", "2026-03-31", "49", "20", "20", "129")),
            _AT,
            Breach,
            ("b",),
        ),
        Example("隔月的不比衔接", _case(_FEBRUARY, _month("b", "2026-04-30", "49", "20", "20", "129")), _AT, Clear),
        Example("没有台账", _case(), _AT, Unknown),
    ),
)
