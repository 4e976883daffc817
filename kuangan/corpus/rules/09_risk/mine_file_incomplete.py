"""一矿一册缺失项目逾期未补齐（任务分工9.1）。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, gone, lines
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

REGISTER = Cite("register", "9.1")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """By the newest check: items missing, their day has passed (or none was set), not completed since; those of a table have cases."""
    if gone(facts):
        return Clear()
    checks = entries_of(facts, "mine_file_check")
    if not checks:
        return Unknown("近一年未检查一矿一册完整性")
    last = checks[-1]
    short = last.values["items"] - last.values["present"]
    due_on = last.values.get("due_on", last.on)
    followed = isinstance(last.values.get("missing"), tuple)
    if short <= 0 or followed or "completed_on" in last.values or due_on >= civil_date(at):
        return Clear()
    named = "、".join(lines(last.values.get("missing"))) or f"{short}项"
    return Breach(f"一矿一册逾期未补齐：{named}", (last.key,), (REGISTER,), {"missing": short})


def _facts(present: int, missing: object = "救护协议", **values: object) -> LedgerFacts:
    file_entry = entry(
        "c", "2026-03-20", items=18, present=present, due_on=date(2026, 3, 31), missing=missing, **values
    )
    return facts_of({"mine_file_check": (file_entry,)})


RULE = Rule(
    id="mine_file_incomplete",
    title="一矿一册不完整",
    measure="9.1",
    clauses=("9.1c",),
    topic="ledger",
    about="mine",
    reads=("mine_file_check",),
    window_days=366,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("项目齐全", _facts(18), noon("2026-04-01"), Clear),
        Example("缺一项，补齐期限当日", _facts(17), noon("2026-03-31"), Clear),
        Example("缺一项，期限已过", _facts(17), noon("2026-04-01"), Breach, ("c",)),
        Example("已补齐", _facts(17, completed_on=date(2026, 3, 28)), noon("2026-04-01"), Clear),
        Example("缺失项目逐项办理", _facts(17, ({"item": "救护协议"},)), noon("2026-04-01"), Clear),
        Example("从未检查", facts_of({}), noon("2026-04-01"), Unknown),
    ),
)
