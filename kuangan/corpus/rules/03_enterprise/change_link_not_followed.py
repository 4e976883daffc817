"""已开始的变化环节未逐日跟踪、措施未落实或者超期未销号。"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._enterprise import moment, whole_days
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "3.1"),)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Links that have begun and are not closed: a record for each whole day, measures kept, the planned last day not over."""
    begun = [
        link
        for link in entries_of(facts, "change_link")
        if "started_at" in link.values and "closed_on" not in link.values
    ]
    return judged("变化环节现场管理不到位", (fault for entry in begun for fault in _faults(facts, entry, at)), CITES)


def _faults(facts: LedgerFacts, link: EntryFact, at: datetime) -> Iterator[Fault]:
    name = f"{link.values['place']}（{link.values['number']}）"
    followed = [
        follow for follow in entries_of(facts, "change_link_follow") if follow.values["number"] == link.values["number"]
    ]
    missing = _missing(link, {entry.on for entry in followed}, at)
    if missing:
        yield Fault(link.key, f"{name}{date_text(missing[0])}起有{len(missing)}日没有跟踪记录")
    if followed and followed[-1].values["measures_kept"] == "unmet":
        yield Fault(followed[-1].key, f"{name}{date_text(followed[-1].on)}跟踪记录措施未落实")
    if link.values["planned_end"] < civil_date(at):
        yield Fault(link.key, f"{name}计划{date_text(link.values['planned_end'])}结束，至今未销号")


def _missing(link: EntryFact, followed: set[date], at: datetime) -> list[date]:
    begun = civil_date(link.values["started_at"])
    return [day for day in whole_days(at, timedelta(0)) if day >= begun and day not in followed]


def _link(**more: object) -> EntryFact:
    values = {
        "number": "BH-1",
        "place": "3109掘进工作面",
        "started_at": moment("2026-03-08T08:00"),
        "planned_end": date(2026, 3, 20),
    }
    return entry("a", "2026-03-05", **{**values, **more})


def _follow(on: str, kept: str = "met") -> EntryFact:
    return entry(on, on, number="BH-1", measures_kept=kept)


def _case(link: EntryFact, *follows: EntryFact) -> LedgerFacts:
    return facts_of({"change_link": (link,), "change_link_follow": follows})


_AT = moment("2026-03-10T08:00")
_BOTH = (_follow("2026-03-08"), _follow("2026-03-09"))

RULE = Rule(
    id="change_link_not_followed",
    title="变化环节现场管理不到位",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1i",),
    about="mine",
    reads=("change_link", "change_link_follow"),
    window_days=40,
    examples=(
        Example("开始以来每日有记录", _case(_link(), *_BOTH), _AT, Clear),
        Example("昨日无记录", _case(_link(), _BOTH[0]), _AT, Breach, ("a",)),
        Example("当日尚未过完的不计", _case(_link(), *_BOTH), moment("2026-03-10T23:59"), Clear),
        Example("措施未落实", _case(_link(), _BOTH[0], _follow("2026-03-09", "unmet")), _AT, Breach, ("2026-03-09",)),
        Example("计划结束日当日", _case(_link(planned_end=date(2026, 3, 10)), *_BOTH), _AT, Clear),
        Example("超过计划结束日未销号", _case(_link(planned_end=date(2026, 3, 9)), *_BOTH), _AT, Breach, ("a",)),
        Example("已销号", _case(_link(closed_on=date(2026, 3, 9))), _AT, Clear),
    ),
)
