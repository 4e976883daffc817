"""主要负责人、安全生产管理人员任职满期限仍未考核合格。"""

from datetime import UTC, date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._ledger import Fault, each_judged, entries_of, entry, facts_of, gone, judged, newest
from kuangan.law.cite import Cite
from kuangan.law.local import local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

LAW = Cite("work_safety_law", "27.2")
ORDINANCE = Cite("coal_mine_safety_ordinance", "21.1")
ROLES = {"principal": "主要负责人", "safety_manager": "安全生产管理人员"}


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Whether a manager has held his post for longer than allowed without having passed; the last day is in time."""
    if gone(facts):
        return Clear()
    people = [
        entry for entry in newest(entries_of(facts, "training_record"), "number") if entry.values["role"] in ROLES
    ]
    if not people:
        return Unknown("没有主要负责人和安全生产管理人员的培训档案")
    today = civil_date(at)
    waiting = [entry for entry in people if "exam_on" not in entry.values]
    faults, unknown = each_judged(
        waiting, lambda entry: [Fault(entry.key, _text(entry))] if _last(entry) < today else []
    )
    return judged("任职满期限未考核合格", faults, (LAW, ORDINANCE), unknown)


def _last(person: EntryFact) -> date:
    started: date = person.values["started_on"]
    return local_span("training.pass_within", started).after(started)


def _text(person: EntryFact) -> str:
    return f"{ROLES[person.values['role']]}{date_text(person.values['started_on'])}任职，应于{date_text(_last(person))}前考核合格"


def _facts(started: str, role: str = "principal", **values: object) -> LedgerFacts:
    own = {"number": "A0001", "role": role, "started_on": date.fromisoformat(started), **values}
    return facts_of({"training_record": (entry("t", "2026-01-10", **own),)})


_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

RULE = Rule(
    id="manager_exam_overdue",
    title="主要负责人和安全管理人员未按期考核合格",
    measure="7.2",
    clauses=("7.2a",),
    topic="ledger",
    about="mine",
    reads=("training_record",),
    window_days=1200,
    check=check,
    cites=(LAW, ORDINANCE),
    examples=(
        Example("任职满6个月当日", _facts("2025-09-10"), _AT, Clear),
        Example("任职满6个月次日", _facts("2025-09-09"), _AT, Breach, ("t",)),
        Example("B1：2023年任职，至今未考核", _facts("2023-06-01"), _AT, Breach, ("t",)),
        Example("B1：规定施行之日任职", _facts("2018-03-01"), _AT, Breach, ("t",)),
        Example("B1：规定施行前一日任职，不能判定", _facts("2018-02-28"), _AT, Unknown),
        Example(
            "8月31日任职，次年2月末日为最后一日", _facts("2025-08-31"), datetime(2026, 2, 28, 2, 0, tzinfo=UTC), Clear
        ),
        Example(
            "8月31日任职，次年3月1日超期",
            _facts("2025-08-31"),
            datetime(2026, 3, 1, 2, 0, tzinfo=UTC),
            Breach,
            ("t",),
        ),
        Example("已考核合格", _facts("2025-01-09", exam_on=date(2025, 6, 1)), _AT, Clear),
        Example("只有工人档案", _facts("2025-01-09", "underground_worker"), _AT, Unknown),
    ),
)
