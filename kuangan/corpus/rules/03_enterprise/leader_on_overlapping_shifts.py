"""同一领导的两次带班时间重叠：登记不实。"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from kuangan.base.numerals import moment_text
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, identity, told
from kuangan.law.cite import Cite
from kuangan.law.field import PersonName
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("leader_shift_rules"), Cite("coal_mine_safety_ordinance", "37.1"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Two shifts of one leader of which the later began before the earlier ended."""
    pairs = list(_overlapping(entries_of(facts, "leader_shift")))
    if not pairs:
        return Clear()
    keys = tuple(dict.fromkeys(shift.key for pair in pairs for shift in pair))
    return Breach(told("带班登记不实", (_text(*pair) for pair in pairs)), keys, CITES, {"pairs": len(pairs)})


def _overlapping(entries: tuple[EntryFact, ...]) -> Iterator[tuple[EntryFact, EntryFact]]:
    by_leader: dict[str, list[EntryFact]] = defaultdict(list)
    for shift in entries:
        if "down_at" in shift.values and "up_at" in shift.values:
            by_leader[identity(shift.values["leader"])].append(shift)
    for led in by_leader.values():
        led.sort(key=lambda shift: shift.values["down_at"])
        yield from (pair for pair in pairwise(led) if pair[1].values["down_at"] < pair[0].values["up_at"])


def _text(first: EntryFact, second: EntryFact) -> str:
    up, down = moment_text(first.values["up_at"]), moment_text(second.values["down_at"])
    return f"{first.values['leader']}{up}才升井，又登记于{down}下井"


def _shift(key: str, leader: str, down: str, up: str) -> EntryFact:
    return entry(key, down[:10], leader=leader, down_at=moment(down), up_at=moment(up))


def _case(*entries: EntryFact) -> LedgerFacts:
    return facts_of({"leader_shift": entries})


_AT = moment("2026-03-10T08:00")
_MORNING = _shift("a", "程例安", "2026-03-02T07:40", "2026-03-02T16:20")

RULE = Rule(
    id="leader_on_overlapping_shifts",
    title="同一领导带班时间重叠",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("3.1d",),
    about="mine",
    underground=True,
    reads=("leader_shift",),
    window_days=92,
    examples=(
        Example(
            "前后相接，不重叠",
            _case(_MORNING, _shift("b", "程例安", "2026-03-02T16:20", "2026-03-03T00:30")),
            _AT,
            Clear,
        ),
        Example(
            "重叠1分钟",
            _case(_MORNING, _shift("b", "程例安", "2026-03-02T16:19", "2026-03-03T00:30")),
            _AT,
            Breach,
            ("a", "b"),
        ),
        Example(
            "不同领导同班", _case(_MORNING, _shift("b", "武示范", "2026-03-02T07:40", "2026-03-02T16:20")), _AT, Clear
        ),
        Example(
            "B17：同名的两人同班",
            _case(
                _shift("a", PersonName("张伟", 1), "2026-03-02T07:40", "2026-03-02T16:20"),
                _shift("b", PersonName("张伟", 2), "2026-03-02T07:40", "2026-03-02T16:20"),
            ),
            _AT,
            Clear,
        ),
        Example(
            "尚未升井的不比",
            _case(_MORNING, entry("b", "2026-03-02", leader="程例安", down_at=moment("2026-03-02T15:00"))),
            _AT,
            Clear,
        ),
    ),
)
