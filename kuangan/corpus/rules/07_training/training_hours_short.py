"""从业人员初次培训或者年度再培训学时不足。"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.instrument import instrument_by_id
from kuangan.law.local import local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

PROVISIONS = Cite("coal_mine_training_provisions")
LAW = Cite("work_safety_law", "28.1")
ROLES = {
    "principal": "主要负责人",
    "safety_manager": "安全生产管理人员",
    "special_worker": "特种作业人员",
    "team_leader": "班组长",
    "new_underground": "新上岗井下人员",
    "underground_worker": "其他井下人员",
    "surface_worker": "地面人员",
}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether people work with too few hours of first training, or had too few of yearly training in a year gone by.

    The year in which somebody began needs no yearly training, the current one is not judged before its end.
    Names are not repeated in the reason: it counts people by role and names the entries.
    """
    if gone(facts):
        return Clear()
    records = entries_of(facts, "training_record")
    if not records:
        return Unknown("没有从业人员培训档案")
    today = civil_date(at)
    first = [entry for entry in newest(records, "number") if _first_short(entry, today)]
    again = [entry for entry in newest(records, "number", "year") if _again_short(entry, today)]
    faults = [*_by_role(first, "初次培训"), *_by_role(again, "年度再培训")]
    outcome = judged("安全培训学时不足", faults, (LAW, PROVISIONS))
    if isinstance(outcome, Breach):
        return Breach(
            outcome.reason,
            tuple(dict.fromkeys(entry.key for entry in [*first, *again])),
            outcome.cites,
            outcome.numbers,
        )
    return outcome


def _first_short(record: EntryFact, today: date) -> bool:
    """By the hours in force on the day somebody began; who began before there were any had none to have."""
    values = record.values
    if values["started_on"] < instrument_by_id(PROVISIONS.instrument).in_force_from:
        return False
    needed = local_decimal(f"training.initial_hours.{values['role']}", values["started_on"])
    return bool(values["started_on"] <= today and values["initial_hours"] < needed)


def _again_short(record: EntryFact, today: date) -> bool:
    values = record.values
    needed = local_decimal(f"training.refresh_hours.{values['role']}", date(values["year"], 12, 31))
    judged_year = values["started_on"].year < values["year"] < today.year
    return bool(judged_year and values["refresh_hours"] < needed)


def _by_role(records: Iterable[EntryFact], what: str) -> list[Fault]:
    counts = Counter(record.values["role"] for record in records)
    return [Fault("", f"{ROLES[role]}{count}人{what}学时不足") for role, count in counts.items()]


def _facts(role: str, first: str, again: str, year: int = 2025, started: str = "2023-05-08") -> LedgerFacts:
    values = {
        "number": "A1032",
        "role": role,
        "year": year,
        "started_on": date.fromisoformat(started),
        "initial_hours": Decimal(first),
        "refresh_hours": Decimal(again),
    }
    return facts_of({"training_record": (entry("t", f"{year}-03-06", **values),)})


_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
_LAST_DAY = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)

RULE = Rule(
    id="training_hours_short",
    title="安全培训学时不足",
    measure="7.2",
    clauses=("7.2a",),
    topic="ledger",
    about="mine",
    reads=("training_record",),
    window_days=1200,
    check=check,
    cites=(LAW, PROVISIONS),
    examples=(
        Example("井下人员恰为72和20学时", _facts("underground_worker", "72", "20"), _AT, Clear),
        Example("井下人员初次培训71.5学时", _facts("underground_worker", "71.5", "20"), _AT, Breach, ("t",)),
        Example("井下人员再培训19.5学时", _facts("underground_worker", "72", "19.5"), _AT, Breach, ("t",)),
        Example("本年度尚未结束", _facts("underground_worker", "72", "8"), _LAST_DAY, Clear),
        Example("当年上岗的不要求再培训", _facts("team_leader", "72", "0", started="2025-02-10"), _AT, Clear),
        Example("主要负责人48和16学时", _facts("principal", "48", "16"), _AT, Clear),
        Example("主要负责人再培训15学时", _facts("principal", "48", "15"), _AT, Breach, ("t",)),
        Example(
            "B6：培训规定施行前上岗的，不按其判定初次培训",
            _facts("underground_worker", "40", "20", started="2018-02-28"),
            _AT,
            Clear,
        ),
        Example(
            "B6：培训规定施行之日上岗",
            _facts("underground_worker", "40", "20", started="2018-03-01"),
            _AT,
            Breach,
            ("t",),
        ),
        Example("没有档案", facts_of({}), _AT, Unknown),
    ),
)
