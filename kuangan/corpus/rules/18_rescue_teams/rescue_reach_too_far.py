"""专职救护队到达煤矿的时间超过30分钟。"""

from datetime import UTC, date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest, number
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

ORDINANCE = Cite("coal_mine_safety_ordinance", "29.2")
RULES = Cite("mine_rescue_rules")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether no full-time team under way for this mine drives it in time, or the latest test of one took longer."""
    if gone(facts):
        return Clear()
    today = civil_date(at)
    most = int(local("rescue.reach_minutes", today).value)
    teams = _full_time(facts, today)
    timed = [team for team in teams if "drive_minutes" in team.values]
    faults = _slow_tests(facts, most)
    if timed and min(entry.values["drive_minutes"] for entry in timed) > most:
        faults += [Fault(entry.key, f"行车{entry.values['drive_minutes']}分钟，超过{most}分钟") for entry in timed]
    unknown = "" if timed else "没有专职救护队到达本矿的行车时间"
    return judged("专职救护队不能在规定时间内到达", faults, (ORDINANCE, RULES), unknown)


def _full_time(facts: LedgerFacts, today: date) -> list[EntryFact]:
    """The mine's own full-time team and those of valid agreements."""
    own = [team for team in newest(entries_of(facts, "rescue_team"), "name") if team.values["kind"] == "full_time"]
    agreed = [
        agreement
        for agreement in newest(entries_of(facts, "rescue_agreement"), "team")
        if agreement.values["valid_until"] >= today
    ]
    return own + agreed


def _slow_tests(facts: LedgerFacts, most: int) -> list[Fault]:
    tests = [test for test in entries_of(facts, "turn_out_test") if test.values["team_kind"] == "full_time"]
    slow = []
    for test in newest(tests, "team"):
        took: timedelta = test.values["arrived_at"] - test.values["departed_at"]
        if took > timedelta(minutes=most):
            text = f"{date_text(test.on)}测试{test.values['team']}行车{number(took.total_seconds() / 60)}分钟，超过{most}分钟"
            slow.append(Fault(test.key, text))
    return slow


_LEFT = datetime(2026, 4, 20, 18, 10, tzinfo=UTC)


def _facts(*drives: int, tested: float | None = None) -> LedgerFacts:
    """Valid agreements by minutes of driving, and a test that drove for ``tested`` minutes."""
    agreements = tuple(
        entry(
            f"a{index}",
            "2026-01-12",
            "2027-01-11",
            team=f"中队{index}",
            drive_minutes=minutes,
            valid_until=date(2027, 1, 11),
        )
        for index, minutes in enumerate(drives)
    )
    arrived = _LEFT + timedelta(minutes=tested or 0)
    test = entry("t", "2026-04-21", team="中队0", team_kind="full_time", departed_at=_LEFT, arrived_at=arrived)
    return facts_of({"rescue_agreement": agreements, "turn_out_test": () if tested is None else (test,)})


_AT = datetime(2026, 4, 22, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="rescue_reach_too_far",
    title="救护队不能在30分钟内到达",
    measure="18.1",
    clauses=("18.1",),
    topic="ledger",
    about="mine",
    reads=("rescue_team", "rescue_agreement", "turn_out_test"),
    window_days=800,
    check=check,
    cites=(ORDINANCE, RULES),
    examples=(
        Example("恰为30分钟", _facts(30), _AT, Clear),
        Example("31分钟", _facts(31), _AT, Breach, ("a0",)),
        Example("较近的一支在30分钟内", _facts(45, 28), _AT, Clear),
        Example("实测恰为30分钟", _facts(26, tested=30), _AT, Clear),
        Example("协议写26分钟而实测31分钟", _facts(26, tested=31), _AT, Breach, ("t",)),
        Example("没有协议和专职队", _facts(), _AT, Unknown),
    ),
)
