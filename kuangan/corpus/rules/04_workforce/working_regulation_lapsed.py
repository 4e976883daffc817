"""三大规程超过有效期仍在使用，或者没有全员贯彻学习。"""

from collections.abc import Iterator
from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import idle, moment
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (
    Cite("coal_mine_safety_ordinance", "13"),
    Cite("coal_mine_safety_ordinance", "18.1.2"),
    Cite("coal_mine_safety_ordinance", "19.1.1"),
)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Regulations in use: the last day of validity (as a review extended it) not over, everybody has studied them."""
    resting = idle(facts)
    if resting:
        return resting
    in_use = [regulation for regulation in entries_of(facts, "working_regulation") if _in_use(facts, regulation)]
    if not in_use:
        return Unknown("没有在用的规程登记")
    return judged(
        "规程管理不到位", (fault for entry in in_use for fault in _faults(facts, entry, civil_date(at))), CITES
    )


def _reviews(facts: LedgerFacts, entry: EntryFact) -> list[EntryFact]:
    return [
        review
        for review in entries_of(facts, "working_regulation_review")
        if review.values["number"] == entry.values["number"]
    ]


def _in_use(facts: LedgerFacts, entry: EntryFact) -> bool:
    withdrawn = any(review.values["conclusion"] == "withdraw" for review in _reviews(facts, entry))
    return "withdrawn_on" not in entry.values and not withdrawn


def _faults(facts: LedgerFacts, entry: EntryFact, today: date) -> Iterator[Fault]:
    name = f"{entry.values['name']}（{entry.values['number']}）"
    extended = [review.values["new_until"] for review in _reviews(facts, entry) if "new_until" in review.values]
    until = extended[-1] if extended else entry.values["valid_until"]
    if until < today:
        yield Fault(entry.key, f"{name}有效期至{date_text(until)}，未复审延期或者停止使用")
    if "studied_on" not in entry.values:
        yield Fault(entry.key, f"{name}没有贯彻学习记录")
    elif entry.values.get("studied", 0) < entry.values["should_study"]:
        yield Fault(
            entry.key, f"{name}应学习{entry.values['should_study']}人，已学习{entry.values.get('studied', 0)}人"
        )


def _regulation(**more: object) -> EntryFact:
    values = {
        "number": "ZY-1",
        "name": "3109掘进工作面作业规程",
        "valid_until": date(2026, 3, 10),
        "studied_on": date(2026, 1, 24),
    }
    return entry("a", "2026-01-20", **{**values, "should_study": 48, "studied": 48, **more})


def _case(regulation: EntryFact, *reviews: EntryFact, **attributes: str) -> LedgerFacts:
    return facts_of({"working_regulation": (regulation,), "working_regulation_review": reviews}, **attributes)


def _review(conclusion: str, **more: object) -> EntryFact:
    return entry("r", "2026-03-09", number="ZY-1", conclusion=conclusion, **more)


_AT = moment("2026-03-10T08:00")
_NEXT_DAY = moment("2026-03-11T08:00")

RULE = Rule(
    id="working_regulation_lapsed",
    title="规程过期或者未贯彻学习",
    measure="4.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("4.1c",),
    about="mine",
    reads=("working_regulation", "working_regulation_review"),
    window_days=1100,
    examples=(
        Example("有效期最后一日", _case(_regulation()), _AT, Clear),
        Example("有效期届满次日", _case(_regulation()), _NEXT_DAY, Breach, ("a",)),
        Example("复审延期", _case(_regulation(), _review("keep", new_until=date(2026, 9, 30))), _NEXT_DAY, Clear),
        Example("复审但未延期", _case(_regulation(), _review("keep")), _NEXT_DAY, Breach, ("a",)),
        Example(
            "没有贯彻学习",
            _case(entry("a", "2026-01-20", number="ZY-1", name="规程", valid_until=date(2026, 9, 30), should_study=1)),
            _AT,
            Breach,
            ("a",),
        ),
        Example("差1人未学习", _case(_regulation(studied=47)), _AT, Breach, ("a",)),
        Example("复审停止使用的不再看", _case(_regulation(), _review("withdraw")), _NEXT_DAY, Unknown),
        Example("没有规程登记", facts_of({}), _AT, Unknown),
        Example("停产", _case(_regulation(), status="halted"), _NEXT_DAY, Clear),
    ),
)
