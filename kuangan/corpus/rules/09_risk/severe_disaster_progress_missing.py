"""名单内煤矿没有一企一策方案，或者未按期报告整治进展、节点滞后（任务分工9.5）。"""

from datetime import date, datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon, valid_on
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local, local_span
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

REGISTER = Cite("register", "9.5")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """For a mine on the list: a plan in time, progress at the interval, no plan past its day, nothing behind schedule."""
    today = civil_date(at)
    listed = valid_on(entries_of(facts, "severe_disaster_list"), today)
    if gone(facts) or not listed:
        return Clear()
    plans = entries_of(facts, "severe_disaster_plan")
    if not plans:
        allowed = local_span("severe_disaster.plan_span", today).length
        late = listed[0].on + allowed < today
        return judged("一企一策", [Fault(listed[0].key, "列入名单后未按期制定整治方案")] if late else [], (REGISTER,))
    return judged("一企一策整治未落实", _behind(facts, plans, today), (REGISTER,))


def _behind(facts: LedgerFacts, plans: tuple[EntryFact, ...], today: date) -> list[Fault]:
    open_plans = [plan for plan in plans if "finished_on" not in plan.values]
    interval = timedelta(days=int(local("severe_disaster.progress_days", today).value))
    faults = []
    for plan in open_plans:
        problem = plan.values["problem"]
        reports = [
            progress
            for progress in entries_of(facts, "severe_disaster_progress")
            if progress.values["problem"] == problem
        ]
        last = reports[-1] if reports else plan
        if plan.values["due_on"] < today:
            faults.append(Fault(plan.key, f"“{problem}”应于{date_text(plan.values['due_on'])}前完成，尚未完成"))
        elif last.on + interval < today:
            faults.append(Fault(last.key, f"“{problem}”自{date_text(last.on)}后未报告进展"))
        elif reports and not last.values["on_schedule"]:
            faults.append(Fault(last.key, f"“{problem}”未按节点推进"))
    return faults


def _facts(*, plan: bool = True, finished: bool = False, report: str = "", on_schedule: bool = True) -> LedgerFacts:
    closed = {"finished_on": date(2026, 5, 1)} if finished else {}
    made = entry("p", "2026-02-10", "2026-11-30", problem="瓦斯", due_on=date(2026, 11, 30), **closed)
    told = entry("g", report or "2026-03-30", problem="瓦斯", on_schedule=on_schedule)
    return facts_of(
        {
            "severe_disaster_list": (entry("l", "2026-01-15"),),
            "severe_disaster_plan": (made,) if plan else (),
            "severe_disaster_progress": (told,) if report else (),
        }
    )


RULE = Rule(
    id="severe_disaster_progress_missing",
    title="一企一策整治方案未制定或者推进滞后",
    measure="9.5",
    clauses=("9.5b",),
    topic="ledger",
    about="mine",
    reads=("severe_disaster_list", "severe_disaster_plan", "severe_disaster_progress"),
    window_days=1100,
    check=check,
    cites=(REGISTER,),
    examples=(
        Example("未在名单", facts_of({}), noon("2026-06-15"), Clear),
        Example("列入三十日内", _facts(plan=False), noon("2026-02-14"), Clear),
        Example("列入三十日后仍无方案", _facts(plan=False), noon("2026-02-15"), Breach, ("l",)),
        Example("方案后三个月内", _facts(), noon("2026-05-13"), Clear),
        Example("方案后三个月未报告进展", _facts(), noon("2026-05-14"), Breach, ("p",)),
        Example("按期报告", _facts(report="2026-03-30"), noon("2026-06-30"), Clear),
        Example("报告已过三个月", _facts(report="2026-03-30"), noon("2026-07-01"), Breach, ("g",)),
        Example("节点滞后", _facts(report="2026-03-30", on_schedule=False), noon("2026-04-10"), Breach, ("g",)),
        Example("完成期限已过", _facts(report="2026-11-20"), noon("2026-12-01"), Breach, ("p",)),
        Example("已完成", _facts(finished=True), noon("2026-12-01"), Clear),
    ),
)
