"""应急救援物资低于最低储备量、过期或者不能使用。"""

from datetime import UTC, date, datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest, number
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGULATION = Cite("work_safety_emergency_regulation", "13.2")
LAW = Cite("work_safety_law", "82.2")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest count of an item at a place is below its minimum, past its date (the day itself is in time) or unusable."""
    if gone(facts):
        return Clear()
    counts = newest(entries_of(facts, "rescue_supply"), "item", "place")
    if not counts:
        return Unknown("没有应急救援物资登记")
    faults = [Fault(count.key, text) for count in counts if (text := _text(count, civil_date(at)))]
    return judged("应急救援物资储备不符合要求", faults, (REGULATION, LAW))


def _text(count: EntryFact, today: date) -> str:
    values = count.values
    name = f"{values['place']}{values['item']}"
    if values["quantity"] < values["minimum"]:
        return f"{name}现有{number(values['quantity'])}{values['unit']}，低于最低储备{number(values['minimum'])}{values['unit']}"
    expires: date | None = values.get("expires_on")
    if expires is not None and expires < today:
        return f"{name}已于{date_text(expires)}过期"
    return "" if values["usable"] else f"{name}不能使用"


def _count(key: str, on: str, quantity: str, expires: str = "", *, usable: bool = True) -> EntryFact:
    values = {"item": "干粉灭火器", "place": "地面库", "unit": "具", "minimum": Decimal(100), "usable": usable}
    dates = {"expires_on": date.fromisoformat(expires)} if expires else {}
    return entry(key, on, expires, quantity=Decimal(quantity), **values, **dates)


def _facts(*counts: EntryFact) -> LedgerFacts:
    return facts_of({"rescue_supply": counts})


_AT = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="rescue_supply_short",
    title="应急救援物资不足或者过期",
    measure="17.1",
    clauses=("17.1a",),
    topic="ledger",
    about="mine",
    reads=("rescue_supply",),
    window_days=400,
    check=check,
    cites=(REGULATION, LAW),
    examples=(
        Example("恰为最低储备", _facts(_count("a", "2026-03-10", "100")), _AT, Clear),
        Example("差一具", _facts(_count("a", "2026-03-10", "99")), _AT, Breach, ("a",)),
        Example(
            "补足后重新清点", _facts(_count("a", "2026-02-10", "99"), _count("b", "2026-03-10", "100")), _AT, Clear
        ),
        Example("今日到期", _facts(_count("a", "2026-03-10", "120", "2026-03-12")), _AT, Clear),
        Example("昨日到期", _facts(_count("a", "2026-03-10", "120", "2026-03-11")), _AT, Breach, ("a",)),
        Example("不能使用", _facts(_count("a", "2026-03-10", "120", usable=False)), _AT, Breach, ("a",)),
        Example("没有登记", facts_of({}), _AT, Unknown),
    ),
)
