"""培训学时与时间不符：学时多于实际时长、一人一日学时过多、同一人同时参加两个班次。"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, number, people
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_decimal
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

LAW = Cite("work_safety_law", "28.4")
REGISTER = Cite("register", "7.3")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether sessions claim more hours than their time holds, or people more than a day holds, or two places at once."""
    sessions = entries_of(facts, "training_session")
    faults = [Fault(session.key, text) for session in sessions if (text := _too_long(session))]
    by_day: dict[tuple[str, date], list[EntryFact]] = defaultdict(list)
    for session in sessions:
        for person in people(session.values.get("participants")):
            by_day[person, session.on].append(session)
    for group in by_day.values():
        faults += _of_one_day(group)
    faults = list({(fault.key, fault.text): fault for fault in faults}.values())
    silent = any(not people(session.values.get("participants")) for session in sessions)
    unknown = "培训班次未填写参加人员" if silent else ""
    return judged("培训学时与实际时间不符，疑似虚假培训", faults, (LAW, REGISTER), unknown)


def _too_long(session: EntryFact) -> str:
    minutes = Decimal(str((session.values["ends_at"] - session.values["starts_at"]).total_seconds())) / 60
    held = minutes / Decimal(str(local("training.minutes_per_hour", session.on).value))
    if session.values["hours"] <= held:
        return ""
    claimed = number(session.values["hours"])
    return f"{date_text(session.on)}“{session.values['title']}”登记{claimed}学时，实际时长至多{number(held)}学时"


def _of_one_day(group: list[EntryFact]) -> list[Fault]:
    """What is impossible about the sessions that one person attended on one day; the person is not named."""
    most = local_decimal("training.hours_per_day", group[0].on)
    total = sum((entry.values["hours"] for entry in group), Decimal(0))
    day = date_text(group[0].on)
    faults = [
        Fault(entry.key, f"{day}有人当日登记{number(total)}学时，超过{number(most)}学时")
        for entry in group
        if total > most
    ]
    for session, other in combinations(group, 2):
        if max(session.values["starts_at"], other.values["starts_at"]) < min(
            session.values["ends_at"], other.values["ends_at"]
        ):
            text = f"{day}有人同时参加“{session.values['title']}”和“{other.values['title']}”"
            faults += [Fault(session.key, text), Fault(other.key, text)]
    return faults


def _session(key: str, start: float, length: float, hours: str, people: str = "蓝晨") -> EntryFact:
    """``start`` and ``length`` in hours after 8:00 of one morning."""
    begins = datetime(2026, 3, 5, 0, 0, tzinfo=UTC) + timedelta(hours=start)
    values = {"title": f"班次{key}", "hours": Decimal(hours), "participants": people}
    return entry(key, "2026-03-05", **values, starts_at=begins, ends_at=begins + timedelta(hours=length))


def _facts(*sessions: EntryFact) -> LedgerFacts:
    return facts_of({"training_session": sessions})


_AT = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="training_hours_impossible",
    title="培训学时与实际时间不符",
    measure="7.3",
    clauses=("7.3c",),
    topic="ledger",
    about="mine",
    reads=("training_session",),
    window_days=400,
    check=check,
    cites=(LAW, REGISTER),
    examples=(
        Example("3小时恰为4学时", _facts(_session("a", 0, 3, "4")), _AT, Clear),
        Example("3小时登记4.5学时", _facts(_session("a", 0, 3, "4.5")), _AT, Breach, ("a",)),
        Example("两班次前后相接，共8学时", _facts(_session("a", 0, 3, "4"), _session("b", 3, 3, "4")), _AT, Clear),
        Example("一日共8.5学时", _facts(_session("a", 0, 4, "4"), _session("b", 4, 4, "4.5")), _AT, Breach, ("a", "b")),
        Example(
            "同一人两班次重叠", _facts(_session("a", 0, 3, "3"), _session("b", 2.9, 3, "3")), _AT, Breach, ("a", "b")
        ),
        Example("不同的人可以同时", _facts(_session("a", 0, 3, "3"), _session("b", 0, 3, "3", "白露")), _AT, Clear),
        Example("没有参加人员名单", _facts(_session("a", 0, 3, "3", "")), _AT, Unknown),
    ),
)
