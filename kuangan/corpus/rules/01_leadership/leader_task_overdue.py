"""领导干部年度任务清单未建立，或者任务逾期未完成（任务分工1.1）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon, unit_facts
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "1.1"), Cite("leader_responsibility_2018"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Tasks past their day without completion; no list of this year when its month is over."""
    today = civil_date(at)
    tasks = entries_of(facts, "leader_task")
    faults = [
        Fault(
            task.key,
            f"{task.values['leader']}的任务“{task.values['item']}”应于{date_text(task.values['due_on'])}前完成，尚未完成",
        )
        for task in tasks
        if task.values["due_on"] < today and "done_on" not in task.values
    ]
    listed = any(task.values["year"] == today.year for task in tasks)
    if not listed and today.month > int(local("leader_task.list_by_month", today).value):
        faults.append(Fault("", f"{today.year}年度领导干部安全生产任务清单未建立"))
    return judged("领导干部安全生产责任未落实", faults, CITES)


def _task(due_on: str, **values: object) -> EntryFact:
    given = {"year": 2026, "leader": "郑演明", "item": "带队检查煤矿", "due_on": noon(due_on).date()}
    return entry("t", "2026-02-20", **{**given, **values})


RULE = Rule(
    id="leader_task_overdue",
    title="领导干部年度任务清单未建立或者任务逾期",
    measure="1.1",
    clauses=("1.1a",),
    topic="ledger",
    about="county_government",
    reads=("leader_task",),
    window_days=730,
    check=check,
    cites=CITES,
    examples=(
        Example("期限内", unit_facts("g", leader_task=(_task("2026-06-30"),)), noon("2026-06-30"), Clear),
        Example(
            "期限次日仍未完成", unit_facts("g", leader_task=(_task("2026-06-30"),)), noon("2026-07-01"), Breach, ("t",)
        ),
        Example(
            "已完成",
            unit_facts("g", leader_task=(_task("2026-06-30", done_on=noon("2026-06-29").date()),)),
            noon("2026-07-01"),
            Clear,
        ),
        Example("三月内尚未建立清单", unit_facts("g", leader_task=()), noon("2026-03-31"), Clear),
        Example("四月起仍未建立清单", unit_facts("g", leader_task=()), noon("2026-04-01"), Breach),
        Example(
            "上年清单不代替本年清单",
            unit_facts("g", leader_task=(_task("2025-12-31", year=2025, done_on=noon("2025-12-20").date()),)),
            noon("2026-04-01"),
            Breach,
        ),
    ),
)
