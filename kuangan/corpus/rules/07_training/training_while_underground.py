"""登记参加培训的人员当时正在井下带班。"""

from datetime import UTC, datetime, timedelta

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, people
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

LAW = Cite("work_safety_law", "28.4")
REGISTER = Cite("register", "7.3")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether somebody attended a session while the register of leaders on shift had him underground.

    A shift without the time of coming up leaves a session after its start open.
    """
    shifts = [shift for shift in entries_of(facts, "leader_shift") if shift.values.get("down_at")]
    faults, unknown = [], ""
    for session in entries_of(facts, "training_session"):
        attended = set(people(session.values.get("participants")))
        for shift in (shift for shift in shifts if shift.values["leader"] in attended):
            up_at = shift.values.get("up_at")
            if shift.values["down_at"] >= session.values["ends_at"]:
                continue
            if up_at is None and shift.on == session.on:
                unknown = "带班领导升井时间未登记，不能与培训时间核对"
            elif up_at is not None and up_at > session.values["starts_at"]:
                faults += [Fault(key, _text(session)) for key in (session.key, shift.key)]
    faults = list({(fault.key, fault.text): fault for fault in faults}.values())
    return judged("登记参加培训时本人正在井下，疑似虚假培训", faults, (LAW, REGISTER), unknown)


def _text(session: EntryFact) -> str:
    return f"{date_text(session.on)}“{session.values['title']}”"


def _facts(down: float, up: float | None, leader: str = "岳带班") -> LedgerFacts:
    """A session from 9:00 to 11:00; the shift in hours of the same day, Beijing time."""
    midnight = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    session = entry(
        "s",
        "2026-03-05",
        title="管理人员再培训",
        participants="岳带班\n尤总工",
        starts_at=midnight + timedelta(hours=9),
        ends_at=midnight + timedelta(hours=11),
    )
    times = {"down_at": midnight + timedelta(hours=down)} | ({"up_at": midnight + timedelta(hours=up)} if up else {})
    return facts_of(
        {"training_session": (session,), "leader_shift": (entry("l", "2026-03-05", leader=leader, **times),)}
    )


_AT = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="training_while_underground",
    title="培训时本人正在井下",
    measure="7.3",
    clauses=("7.3c",),
    topic="ledger",
    about="mine",
    underground=True,
    reads=("training_session", "leader_shift"),
    window_days=400,
    check=check,
    cites=(LAW, REGISTER),
    examples=(
        Example("带班与培训重叠", _facts(7.5, 10), _AT, Breach, ("s", "l")),
        Example("升井时培训才开始", _facts(1, 9), _AT, Clear),
        Example("升井晚于培训开始1分钟", _facts(1, 9 + 1 / 60), _AT, Breach, ("s", "l")),
        Example("培训结束时下井", _facts(11, 19), _AT, Clear),
        Example("带班的是他人", _facts(7.5, 16, "程例安"), _AT, Clear),
        Example("升井时间未登记", _facts(7.5, None), _AT, Unknown),
    ),
)
