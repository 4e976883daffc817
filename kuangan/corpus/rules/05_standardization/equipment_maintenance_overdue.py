"""设备检修逾期、检测检验到期或者不合格未复检。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

ORDINANCE = Cite("coal_mine_safety_ordinance", "25.2")
REGISTER = Cite("register", "5.3")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether planned work was not done within the grace, the next work has come due, or a failed test stands."""
    entries = entries_of(facts, "equipment_maintenance")
    if gone(facts):
        return Clear()
    if not entries:
        return Unknown("没有设备检修维护计划和记录")
    today = civil_date(at)
    latest = local_span("equipment_maintenance.grace", today).length
    planned = [entry for entry in entries if "done_on" not in entry.values and entry.on + latest < today]
    faults = [Fault(entry.key, f"{_name(entry)}计划{date_text(entry.on)}检修，未完成") for entry in planned]
    done = newest((entry for entry in entries if "done_on" in entry.values), "equipment", "number", "work")
    faults += [fault for entry in done if (fault := _due(entry, today))]
    return judged("设备检修维护逾期", faults, (REGISTER, ORDINANCE))


def _due(done: EntryFact, today: date) -> Fault | None:
    """Of the latest work of its kind: it has to be done again, or it failed and the equipment was not stopped."""
    due = done.values.get("next_due_on")
    if due is not None and due < today:
        return Fault(done.key, f"{_name(done)}应于{date_text(due)}前再次检修检验，未见记录")
    if done.values.get("result") == "unqualified":
        return Fault(done.key, f"{_name(done)}{date_text(done.values['done_on'])}结论为不合格，未见复检或者停用")
    return None


def _name(entry: EntryFact) -> str:
    return f"{entry.values['equipment']}（{entry.values['number']}）"


def _facts(planned: str, **values: object) -> LedgerFacts:
    own = {"equipment": "主要通风机", "number": "1#", "work": "test", **values}
    return facts_of({"equipment_maintenance": (entry("e", planned, **own),)})


_AT = datetime(2026, 3, 13, 2, 0, tzinfo=UTC)
_DONE = date(2025, 3, 9)

RULE = Rule(
    id="equipment_maintenance_overdue",
    title="设备检修维护逾期",
    measure="5.3",
    clauses=("5.3a",),
    topic="ledger",
    about="mine",
    reads=("equipment_maintenance",),
    window_days=800,
    check=check,
    cites=(REGISTER, ORDINANCE),
    examples=(
        Example("计划日后第3日", _facts("2026-03-10"), _AT, Clear),
        Example("计划日后第4日", _facts("2026-03-09"), _AT, Breach, ("e",)),
        Example("已完成", _facts("2026-03-09", done_on=date(2026, 3, 9), result="qualified"), _AT, Clear),
        Example("今日到期再检", _facts("2025-03-09", done_on=_DONE, next_due_on=date(2026, 3, 13)), _AT, Clear),
        Example(
            "昨日到期再检", _facts("2025-03-09", done_on=_DONE, next_due_on=date(2026, 3, 12)), _AT, Breach, ("e",)
        ),
        Example(
            "不合格未复检", _facts("2026-03-01", done_on=date(2026, 3, 2), result="unqualified"), _AT, Breach, ("e",)
        ),
        Example("不合格已停用", _facts("2026-03-01", done_on=date(2026, 3, 2), result="stopped"), _AT, Clear),
        Example("没有记录", facts_of({}), _AT, Unknown),
    ),
)
