"""适用标准规范的差距没有措施期限，或者逾期没有销号。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import idle, moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("coal_mine_safety_ordinance", "13"), Cite("work_safety_law", "11.2"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Standards not fully kept whose gap has no last day, or whose last day is over."""
    entries = entries_of(facts, "standards_register")
    if not entries:
        return idle(facts) or Unknown("没有适用标准规范的评价登记")
    today = civil_date(at)
    gaps = [entry for entry in entries if entry.values["conforms"] != "full" and "closed_on" not in entry.values]
    faults = [Fault(gap.key, _text(gap)) for gap in gaps if gap.values.get("due_on", date.min) < today]
    return judged("标准规范的差距没有按期整改", faults, CITES)


def _text(entry: EntryFact) -> str:
    due_on = entry.values.get("due_on")
    return f"{entry.values['name']}{f'应于{date_text(due_on)}前完成，未销号' if due_on else '没有完成期限'}"


def _case(conforms: str = "partly", **more: object) -> LedgerFacts:
    return facts_of({"standards_register": (entry("a", "2026-02-10", name="监控系统规范", conforms=conforms, **more),)})


_AT = moment("2026-04-30T08:00")
_DUE = date(2026, 4, 30)

RULE = Rule(
    id="standards_gap_open",
    title="标准规范差距未按期整改",
    measure="4.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("4.1e",),
    about="mine",
    reads=("standards_register",),
    window_days=800,
    examples=(
        Example("完成期限当日", _case(due_on=_DUE), _AT, Clear),
        Example("完成期限次日", _case(due_on=_DUE), moment("2026-05-01T00:00"), Breach, ("a",)),
        Example("没有完成期限", _case(), _AT, Breach, ("a",)),
        Example("已销号", _case(closed_on=_DUE), _AT, Clear),
        Example("符合", _case("full"), _AT, Clear),
        Example("没有评价登记", facts_of({}), _AT, Unknown),
        Example("停产且没有评价登记", facts_of({}, status="halted"), _AT, Clear),
    ),
)
