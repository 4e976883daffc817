"""救护队编制、装备或者队员年龄不符合要求。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

RULES = Cite("mine_rescue_rules")
REGISTER = Cite("register", "18.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a team of the mine has too few squads, a squad too small, members too old, or fewer apparatuses than members."""
    if gone(facts):
        return Clear()
    teams = newest(entries_of(facts, "rescue_team"), "name")
    if not teams:
        return Unknown("未登记救护队")
    faults = [
        Fault(team.key, f"{team.values['name']}{text}") for team in teams for text in _wrong(team, civil_date(at))
    ]
    return judged("救护队编制不符合要求", faults, (RULES, REGISTER))


def _wrong(team: EntryFact, today: date) -> list[str]:
    values = team.values
    squads = int(local(f"rescue.{values['kind']}_squads", today).value)
    people = int(local("rescue.squad_people", today).value)
    faults = []
    if values["squads"] < squads:
        faults.append(f"有{values['squads']}个小队，少于{squads}个")
    if values["smallest_squad"] < people:
        faults.append(f"最小的小队{values['smallest_squad']}人，少于{people}人")
    if values["over_age"] > 0:
        faults.append(f"有超龄队员{values['over_age']}人")
    if values["respirators"] < values["members"]:
        faults.append(f"合格呼吸器{values['respirators']}台，少于队员{values['members']}人")
    return faults


def _facts(
    kind: str = "part_time", squads: int = 2, smallest: int = 9, over_age: int = 0, respirators: int = 20
) -> LedgerFacts:
    values = {
        "squads": squads,
        "smallest_squad": smallest,
        "over_age": over_age,
        "respirators": respirators,
        "members": 20,
    }
    return facts_of({"rescue_team": (entry("t", "2026-01-10", "2027-01-09", kind=kind, name="救护队", **values),)})


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="rescue_team_below_strength",
    title="救护队编制不足",
    measure="18.1",
    clauses=("18.1",),
    topic="ledger",
    about="mine",
    reads=("rescue_team",),
    window_days=800,
    check=check,
    cites=(RULES, REGISTER),
    examples=(
        Example("兼职队恰为2个小队、每队9人", _facts(), _AT, Clear),
        Example("兼职队只有1个小队", _facts(squads=1), _AT, Breach, ("t",)),
        Example("有一个小队8人", _facts(smallest=8), _AT, Breach, ("t",)),
        Example("专职队2个小队", _facts("full_time"), _AT, Breach, ("t",)),
        Example("专职队3个小队", _facts("full_time", 3), _AT, Clear),
        Example("有超龄队员", _facts(over_age=1), _AT, Breach, ("t",)),
        Example("呼吸器少一台", _facts(respirators=19), _AT, Breach, ("t",)),
        Example("未登记", facts_of({}), _AT, Unknown),
    ),
)
