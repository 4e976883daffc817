"""双回路供电失去一回路，或者检修停运未经审批、超期未恢复。"""

from datetime import UTC, datetime

from kuangan.base.numerals import moment_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGULATIONS = Cite("coal_mine_safety_regulations_2025", "472.1")
REGISTER = Cite("register", "5.3")
CIRCUITS = {"first": "第一回路", "second": "第二回路"}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest state of a circuit is lost, or out for maintenance without permit or beyond its time.

    A tripped line is an alarm, not by itself a major hazard; producing while one circuit is out is one (令21第十六条第三项), and
    somebody has to have seen it.
    """
    if gone(facts):
        return Clear()
    states = {power.values["circuit"]: power for power in newest(entries_of(facts, "dual_power"), "circuit")}
    faults = [Fault(state.key, text) for state in states.values() if (text := _fault(state, at))]
    missing = [word for circuit, word in CIRCUITS.items() if circuit not in states]
    unknown = f"{'、'.join(missing)}没有供电状态登记" if missing else ""
    return judged("矿井双回路供电不可靠", faults, (REGISTER, REGULATIONS), unknown)


def _fault(state: EntryFact, at: datetime) -> str:
    """What is wrong with a circuit; empty if it is live, standing by, restored, or out under a permit in time."""
    values = state.values
    restored, expected = values.get("restored_at"), values.get("expected_at")
    if values["state"] not in ("lost", "maintenance") or (restored is not None and restored <= at):
        return ""
    circuit = f"{CIRCUITS[values['circuit']]}（{values['line']}）"
    if values["state"] == "lost":
        return f"{circuit}自{moment_text(values['changed_at'])}起失电"
    if not values.get("permit"):
        return f"{circuit}检修停运未经审批"
    late = expected is None or expected < at
    return f"{circuit}检修停运超过计划恢复时间" if late else ""


def _facts(state: str, *, both: bool = True, **values: object) -> LedgerFacts:
    start = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
    first = entry("p", "2026-03-10", circuit="first", line="东矿一线", changed_at=start, state=state, **values)
    second = entry("s", "2026-03-10", circuit="second", line="西矿线", changed_at=start, state="running")
    return facts_of({"dual_power": (first, second) if both else (first,)})


_AT = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
_LATER = datetime(2026, 3, 10, 6, 1, tzinfo=UTC)

RULE = Rule(
    id="one_supply_circuit_lost",
    title="双回路供电失去一回路",
    measure="5.3",
    clauses=("5.3b",),
    topic="ledger",
    about="mine",
    reads=("dual_power",),
    window_days=400,
    check=check,
    cites=(REGISTER, REGULATIONS),
    examples=(
        Example("一运行一备用", _facts("standby"), _AT, Clear),
        Example("失电", _facts("lost"), _AT, Breach, ("p",)),
        Example("失电此刻恢复", _facts("lost", restored_at=_AT), _AT, Clear),
        Example("失电一分钟后才恢复", _facts("lost", restored_at=_LATER), _AT, Breach, ("p",)),
        Example("检修恰到计划恢复时间", _facts("maintenance", permit="演示停〔2026〕1号", expected_at=_AT), _AT, Clear),
        Example(
            "检修超时一分钟", _facts("maintenance", permit="演示停〔2026〕1号", expected_at=_AT), _LATER, Breach, ("p",)
        ),
        Example("检修未经审批", _facts("maintenance", expected_at=_LATER), _AT, Breach, ("p",)),
        Example("只登记了一个回路", _facts("running", both=False), _AT, Unknown),
    ),
)
