"""善意下达撤人命令的人员受到处罚或者减薪。"""

from datetime import UTC, datetime

from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

LAW = Cite("work_safety_law", "55.2")
REGISTER = Cite("register", "17.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether somebody was punished for an order to withdraw that was given in good faith.

    Punished without a judgement of good faith leaves it open.
    """
    punished = [order for order in entries_of(facts, "withdrawal_order") if order.values.get("penalised")]
    faults = [
        Fault(entry.key, f"{date_text(entry.on)}撤人命令认定为善意，下令人仍受到处罚或者减薪")
        for entry in punished
        if entry.values.get("good_faith_checked") == "proper"
    ]
    silent = any("good_faith_checked" not in entry.values for entry in punished)
    unknown = "下令人受到处罚，但未作善意认定" if silent else ""
    return judged("因下达撤人命令处罚人员", faults, (LAW, REGISTER), unknown)


def _facts(**values: object) -> LedgerFacts:
    return facts_of({"withdrawal_order": (entry("w", "2026-03-12", **values),)})


_AT = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="withdrawal_giver_punished",
    title="善意下令撤人受到处罚",
    measure="17.1",
    clauses=("17.1d",),
    topic="ledger",
    about="mine",
    reads=("withdrawal_order",),
    window_days=800,
    check=check,
    cites=(LAW, REGISTER),
    examples=(
        Example("未受处罚", _facts(penalised=False, good_faith_checked="proper"), _AT, Clear),
        Example("善意而受处罚", _facts(penalised=True, good_faith_checked="proper"), _AT, Breach, ("w",)),
        Example("故意虚报受处罚", _facts(penalised=True, good_faith_checked="improper"), _AT, Clear),
        Example("未作认定即处罚", _facts(penalised=True), _AT, Unknown),
    ),
)
