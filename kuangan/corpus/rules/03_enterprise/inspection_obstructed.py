"""拒绝、阻碍监督检查或者隐瞒情况，尚未改正。"""

from datetime import datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.ledger import ledger_by_id
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("coal_mine_safety_ordinance", "37.1"), Cite("coal_mine_safety_ordinance", "66"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Every obstruction on record that is not corrected."""
    open_ones = [
        obstruction
        for obstruction in entries_of(facts, "inspection_obstruction")
        if "corrected_on" not in obstruction.values
    ]
    return judged("拒绝、阻碍监督检查", (Fault(entry.key, _text(entry)) for entry in open_ones), CITES)


def _text(entry: EntryFact) -> str:
    kinds = dict(ledger_by_id("inspection_obstruction").field("kind").choices)
    ordered = "已责令改正，尚未改正" if "ordered_on" in entry.values else "尚未责令改正"
    return f"{date_text(entry.on)}{kinds[entry.values['kind']]}，{ordered}"


def _fact(**more: object) -> EntryFact:
    return entry("a", "2026-03-17", kind="hide_place", **more)


_AT = moment("2026-03-20T08:00")

RULE = Rule(
    id="inspection_obstructed",
    title="拒绝、阻碍监督检查",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1m",),
    about="mine",
    reads=("inspection_obstruction",),
    window_days=366,
    examples=(
        Example("尚未责令改正", facts_of({"inspection_obstruction": (_fact(),)}), _AT, Breach, ("a",)),
        Example(
            "责令后尚未改正", facts_of({"inspection_obstruction": (_fact(ordered_on=_AT.date()),)}), _AT, Breach, ("a",)
        ),
        Example("已改正", facts_of({"inspection_obstruction": (_fact(corrected_on=_AT.date()),)}), _AT, Clear),
        Example("没有此类情形", facts_of({}), _AT, Clear),
    ),
)
