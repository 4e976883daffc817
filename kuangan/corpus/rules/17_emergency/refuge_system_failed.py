"""安全避险系统不能正常运行，或者缺陷逾期未修复。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "17.1")
SYSTEMS = {
    "monitoring": "监测监控",
    "positioning": "人员位置监测",
    "refuge": "紧急避险",
    "compressed_air": "压风自救",
    "water": "供水施救",
    "communication": "通信联络",
}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether the latest check of a system found it out of order, or a defect stands after its day.

    A system never checked, or not for too long, leaves it open.
    """
    if gone(facts):
        return Clear()
    today = civil_date(at)
    checks = {entry.values["system"]: entry for entry in newest(entries_of(facts, "refuge_system"), "system")}
    faults = [Fault(entry.key, text) for entry in checks.values() if (text := _text(entry, today))]
    fresh = local_span("refuge_system.stale_after", today)
    stale = [name for system, name in SYSTEMS.items() if system not in checks or fresh.after(checks[system].on) < today]
    unknown = f"{'、'.join(stale)}系统近期没有检查记录" if stale else ""
    return judged("安全避险系统不能保证完好", faults, (REGISTER,), unknown)


def _text(checked: EntryFact, today: date) -> str:
    values = checked.values
    if values["state"] == "normal" or "repaired_on" in values:
        return ""
    name = f"{date_text(checked.on)}检查{SYSTEMS[values['system']]}系统"
    if values["state"] == "failed":
        return f"{name}不能正常运行，未修复"
    due: date | None = values.get("due_on")
    return f"{name}有缺陷，应于{date_text(due)}前整改，未修复" if due and due < today else ""


def _facts(state: str = "normal", *, skip: str = "", on: str = "2026-03-12", **days: str) -> LedgerFacts:
    """All systems in order but the compressed air, which is in ``state``; ``skip`` was never checked."""
    dates = {name: date.fromisoformat(day) for name, day in days.items()}
    sound = [
        entry(system, "2026-03-12", system=system, state="normal") for system in SYSTEMS if system != "compressed_air"
    ]
    air = entry("compressed_air", on, system="compressed_air", state=state, **dates)
    return facts_of({"refuge_system": tuple(entry for entry in [*sound, air] if entry.key != skip)})


_AT = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
_AIR = ("compressed_air",)

RULE = Rule(
    id="refuge_system_failed",
    title="安全避险系统不能正常运行",
    measure="17.1",
    clauses=("17.1a",),
    topic="ledger",
    about="mine",
    underground=True,
    reads=("refuge_system",),
    window_days=400,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("全部完好", _facts(), _AT, Clear),
        Example("不能正常运行", _facts("failed"), _AT, Breach, _AIR),
        Example("已修复", _facts("failed", repaired_on="2026-03-13"), _AT, Clear),
        Example("缺陷今日到期", _facts("defect", due_on="2026-03-20"), _AT, Clear),
        Example("缺陷昨日到期", _facts("defect", due_on="2026-03-19"), _AT, Breach, _AIR),
        Example("满六个月当日", _facts(on="2025-09-20"), _AT, Clear),
        Example("六个月零一日未检查", _facts(on="2025-09-19"), _AT, Unknown),
        Example("供水施救从未检查", _facts(skip="water"), _AT, Unknown),
    ),
)
