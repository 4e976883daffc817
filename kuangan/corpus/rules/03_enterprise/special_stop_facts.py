"""查实的特别规定情形尚未处理完毕：依法责令停产整顿。"""

from datetime import datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.ledger import ledger_by_id
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

REGULATIONS, OTHER = "shanxi_special_regulations", "11"
CITES = (Cite(REGULATIONS), *(Cite(REGULATIONS, str(item)) for item in range(1, int(OTHER))))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Every verified fact that is not closed."""
    open_ones = [fact for fact in entries_of(facts, "special_stop_fact") if "closed_on" not in fact.values]
    cites = tuple(dict.fromkeys(_cite(fact) for fact in open_ones))
    return judged("存在应当停产整顿的情形", (Fault(fact.key, _text(fact)) for fact in open_ones), cites)


def _cite(fact: EntryFact) -> Cite:
    """The article of the item that was verified; of 其他情形 the regulations as a whole."""
    item = fact.values["item"].removeprefix("item_")
    return Cite(REGULATIONS, "" if item == OTHER else item)


def _text(entry: EntryFact) -> str:
    items = dict(ledger_by_id("special_stop_fact").field("item").choices)
    return f"{date_text(entry.on)}在{entry.values['place']}查实{items[entry.values['item']]}"


def _fact(**more: object) -> EntryFact:
    return entry("a", "2026-03-13", item="item_5", place="3111掘进工作面", **more)


_AT = moment("2026-03-14T08:00")

RULE = Rule(
    id="special_stop_facts",
    title="存在特别规定所列的停产整顿情形",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    procedure="suspension",
    clauses=("3.1e",),
    about="mine",
    reads=("special_stop_fact",),
    window_days=366,
    examples=(
        Example("查实未处理", facts_of({"special_stop_fact": (_fact(),)}), _AT, Breach, ("a",)),
        Example("已销号", facts_of({"special_stop_fact": (_fact(closed_on=_AT.date()),)}), _AT, Clear),
        Example("没有查实的情形", facts_of({}), _AT, Clear),
    ),
)
