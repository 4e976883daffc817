"""救护队接警后未在规定时间内出动。"""

from datetime import UTC, datetime, timedelta

from kuangan.base.numerals import date_text, duration_text
from kuangan.corpus.rules._ledger import Fault, each_judged, entries_of, entry, facts_of, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

RULES = Cite("mine_rescue_rules")
REGISTER = Cite("register", "18.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest turn-out of a team took longer than allowed; without any test it cannot be said."""
    tests = newest(entries_of(facts, "turn_out_test"), "team")
    if not tests:
        return Unknown("没有救护队出动测试记录")
    faults, unknown = each_judged(tests, lambda entry: [Fault(entry.key, text)] if (text := _text(entry)) else [])
    return judged("救护队出动时间超过规定", faults, (RULES, REGISTER), unknown)


def _text(test: EntryFact) -> str:
    means = "vehicle" if test.values["with_vehicle"] else "foot"
    most = timedelta(seconds=int(local(f"rescue.turn_out_seconds.{means}", test.on).value))
    took: timedelta = test.values["departed_at"] - test.values["alarm_at"]
    if took <= most:
        return ""
    return f"{date_text(test.on)}测试{test.values['team']}，{duration_text(took)}出动，超过{duration_text(most)}"


_ALARM = datetime(2026, 4, 20, 18, 10, tzinfo=UTC)


def _facts(seconds: int, *, with_vehicle: bool = True) -> LedgerFacts:
    left = _ALARM + timedelta(seconds=seconds)
    values = {"team": "演示救护中队", "with_vehicle": with_vehicle, "alarm_at": _ALARM, "departed_at": left}
    return facts_of({"turn_out_test": (entry("t", "2026-04-21", **values),)})


_AT = datetime(2026, 4, 22, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="rescue_turn_out_slow",
    title="救护队出动迟缓",
    measure="18.1",
    clauses=("18.1b",),
    topic="ledger",
    about="mine",
    reads=("turn_out_test",),
    window_days=800,
    check=check,
    cites=(RULES, REGISTER),
    examples=(
        Example("恰为1分钟", _facts(60), _AT, Clear),
        Example("61秒", _facts(61), _AT, Breach, ("t",)),
        Example("不乘车恰为2分钟", _facts(120, with_vehicle=False), _AT, Clear),
        Example("不乘车121秒", _facts(121, with_vehicle=False), _AT, Breach, ("t",)),
        Example(
            "B1：规程施行前的测试不能判定",
            facts_of(
                {
                    "turn_out_test": (
                        entry(
                            "t",
                            "2024-06-30",
                            team="演示救护中队",
                            with_vehicle=True,
                            alarm_at=_ALARM,
                            departed_at=_ALARM,
                        ),
                    )
                }
            ),
            _AT,
            Unknown,
        ),
        Example("没有测试", facts_of({}), _AT, Unknown),
    ),
)
