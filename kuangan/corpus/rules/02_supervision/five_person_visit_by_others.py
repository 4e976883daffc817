"""五人小组检查由组外人员到矿，或者小组已到期（任务分工2.3）。"""

from collections.abc import Iterator
from datetime import datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon, valid_on
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, persons, same_person
from kuangan.law.cite import Cite
from kuangan.law.field import PersonName
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "2.3"), Cite("five_person_measures"))
MEMBERS = ("leader", "mining", "ventilation", "electromechanical", "geology")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Visits on a day on which the mine had no group, or by people who did not belong to it then."""
    visits = entries_of(facts, "five_person_visit")
    return judged("五人小组检查与小组名单不符", (fault for visit in visits for fault in _faults(facts, visit)), CITES)


def _faults(facts: LedgerFacts, visit: EntryFact) -> Iterator[Fault]:
    groups = valid_on(entries_of(facts, "five_person_group"), visit.on)
    if not groups:
        yield Fault(visit.key, f"{date_text(visit.on)}检查时该矿没有在任的五人小组")
        return
    members = [groups[-1].values[name] for name in MEMBERS if name in groups[-1].values]
    came = persons(visit.values.get("members"))
    strangers = [str(person) for person in came if not any(same_person(person, member) for member in members)]
    if strangers:
        yield Fault(visit.key, f"{date_text(visit.on)}到场的{'、'.join(strangers)}不是该矿五人小组成员")


_NAMES = {name: f"示例{letter}" for name, letter in zip(MEMBERS, "甲乙丙丁戊", strict=True)}


def _case(
    members: object, on: str = "2026-03-11", *, since: str = "2026-01-05", until: str = "", **change: object
) -> LedgerFacts:
    group = entry("g", since, until, **{**_NAMES, **change})
    return facts_of({"five_person_group": (group,), "five_person_visit": (entry("v", on, members=members),)})


_AT = noon("2026-03-20")

RULE = Rule(
    id="five_person_visit_by_others",
    title="五人小组检查与小组名单不符",
    measure="2.3",
    clauses=("2.3",),
    topic="ledger",
    about="mine",
    reads=("five_person_group", "five_person_visit"),
    window_days=62,
    check=check,
    cites=CITES,
    examples=(
        Example("三名成员到矿", _case("示例甲\n示例乙\n示例 戊"), _AT, Clear),
        Example("一名组外人员", _case("示例甲\n示例己"), _AT, Breach, ("v",)),
        Example("成员已更换", _case("示例乙", mining="示例己"), _AT, Breach, ("v",)),
        Example(
            "同名的组外人员",
            _case(({"name": PersonName("示例甲", 2)},), leader=PersonName("示例甲", 1)),
            _AT,
            Breach,
            ("v",),
        ),
        Example("小组截止日期当日", _case("示例甲", until="2026-03-11"), _AT, Clear),
        Example("小组截止日期次日", _case("示例甲", until="2026-03-10"), _AT, Breach, ("v",)),
        Example("小组成立当日", _case("示例甲", since="2026-03-11"), _AT, Clear),
        Example("小组成立前一日", _case("示例甲", since="2026-03-12"), _AT, Breach, ("v",)),
        Example("没有检查", facts_of({}), _AT, Clear),
    ),
)
