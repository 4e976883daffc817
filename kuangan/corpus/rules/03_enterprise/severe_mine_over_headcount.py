"""灾害严重矿井单班作业人数超过限员（特别规定第七项）。"""

from datetime import datetime

from kuangan.base.numerals import moment_text
from kuangan.corpus.rules import _headcount as headcount
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import Fault, each_judged, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("shanxi_special_regulations", "7"), headcount.LIMITS)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Every count above the limit at a mine that is known to be one of severe disasters."""
    counts = entries_of(facts, "face_headcount")
    if not counts:
        return Unknown("近一月没有采掘工作面人数登记")
    faults, unknown = each_judged(counts, lambda count: _faults(facts, count))
    return judged("灾害严重矿井单班作业人数超过限员", faults, CITES, unknown)


def _faults(facts: LedgerFacts, count: EntryFact) -> list[Fault]:
    people, limit = int(count.values["people"]), headcount.limits(facts, count)[1]
    approved = int(count.values.get("approved", 0))
    if not headcount.is_severe(facts, count) or people <= limit + approved:
        return []
    more = f"，经批准增加{approved}人" if approved else ""
    when = moment_text(count.values["counted_at"])
    return [Fault(count.key, f"{when}{count.values['face']}{people}人，限员{limit}人{more}")]


def _case(people: int, on: str = "2026-03-10", **attributes: str) -> LedgerFacts:
    values = {"place_kind": "heading", "people": people, "face": "3109掘进工作面", "counted_at": moment(f"{on}T10:20")}
    known = {"gas_grade": "high_gas", "hydrology": "simple", "rock_burst": "no", **attributes}
    return facts_of({"face_headcount": (entry("c", on, **values),)}, **known)


_AT = moment("2026-03-20T08:00")

RULE = Rule(
    id="severe_mine_over_headcount",
    title="灾害严重矿井单班作业人数超过限员",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    procedure="suspension",
    clauses=("3.1e",),
    about="mine",
    underground=True,
    reads=("face_headcount",),
    window_days=31,
    examples=(
        Example("恰为限员18人", _case(18), _AT, Clear),
        Example("多1人", _case(19), _AT, Breach, ("c",)),
        Example("不属灾害严重矿井", _case(19, gas_grade="low_gas"), _AT, Clear),
        Example("限员规定施行前一日不能判定", _case(99, "2023-09-27"), _AT, Unknown),
        Example("没有登记", facts_of({}), _AT, Unknown),
    ),
)
