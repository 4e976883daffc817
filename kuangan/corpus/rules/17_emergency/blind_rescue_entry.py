"""没有救护人员、气体检测或者指挥记录即进入灾区（盲目施救）。"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from kuangan.base.numerals import moment_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "17.1")
RULES = Cite("mine_rescue_rules")
GASES = ("methane", "carbon_monoxide", "oxygen")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether people entered without being rescuers, too few, without a fresh gas check, or without a command log.

    Drills do not count; a gas check without all readings leaves it open.
    """
    entries = [entry for entry in entries_of(facts, "rescue_entry") if not entry.values["drill"]]
    wrong = {entry.key: _wrong(entry) for entry in entries}
    faults = [
        Fault(
            entry.key,
            f"{moment_text(entry.values['entered_at'])}进入{entry.values['place']}：{'、'.join(wrong[entry.key])}",
        )
        for entry in entries
        if wrong[entry.key]
    ]
    silent = any(gas not in entry.values for entry in entries for gas in GASES)
    unknown = "进入灾区前的气体检测数值不全" if silent else ""
    return judged("盲目施救", faults, (REGISTER, RULES), unknown)


def _wrong(entered: EntryFact) -> list[str]:
    values = entered.values
    least = int(local("rescue.entry_people", entered.on).value)
    checked, fresh = (
        values.get("gas_checked_at"),
        local_span("rescue.gas_check_before", entered.on).length,
    )
    faults = [] if values["all_qualified"] else ["进入人员不全是救护指战员"]
    if values["rescuer_count"] < least:
        faults.append(f"进入{values['rescuer_count']}人，少于{least}人")
    if checked is None:
        faults.append("进入前没有气体检测")
    elif values["entered_at"] - checked > fresh:
        faults.append("气体检测距进入时间过长")
    if not values.get("command_log"):
        faults.append("没有指挥记录")
    return faults


_ENTERED = datetime(2026, 5, 20, 6, 5, tzinfo=UTC)
_READINGS = {"methane": Decimal("0.42"), "carbon_monoxide": Decimal(38), "oxygen": Decimal("20.1")}


def _facts(checked: float | None = 7, *, readings: bool = True, **values: object) -> LedgerFacts:
    """``checked``: minutes before the entry at which the gas was checked."""
    own = {
        "entered_at": _ENTERED,
        "place": "1302回风巷",
        "drill": False,
        "all_qualified": True,
        "rescuer_count": 6,
        "command_log": "14:05 下令进入侦察",
        **({} if checked is None else {"gas_checked_at": _ENTERED - timedelta(minutes=checked)}),
        **(_READINGS if readings else {}),
        **values,
    }
    return facts_of({"rescue_entry": (entry("r", "2026-05-20", **own),)})


_AT = datetime(2026, 5, 20, 7, 0, tzinfo=UTC)

RULE = Rule(
    id="blind_rescue_entry",
    title="盲目施救",
    measure="17.1",
    clauses=("17.1d",),
    topic="ledger",
    about="mine",
    reads=("rescue_entry",),
    window_days=800,
    check=check,
    cites=(REGISTER, RULES),
    examples=(
        Example("检测、人员、指挥记录齐全", _facts(), _AT, Clear),
        Example("没有气体检测", _facts(None), _AT, Breach, ("r",)),
        Example("检测恰在30分钟前", _facts(30), _AT, Clear),
        Example("检测在31分钟前", _facts(31), _AT, Breach, ("r",)),
        Example("只进入5人", _facts(rescuer_count=5), _AT, Breach, ("r",)),
        Example("有非救护人员进入", _facts(all_qualified=False), _AT, Breach, ("r",)),
        Example("没有指挥记录", _facts(command_log=""), _AT, Breach, ("r",)),
        Example("演练不论", _facts(None, drill=True), _AT, Clear),
        Example("检测数值不全", _facts(readings=False), _AT, Unknown),
    ),
)
