"""五人小组月度小结与检查台账不符（任务分工2.3）。"""

from collections.abc import Iterator
from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.base.period import period_of
from kuangan.corpus.rules._leadership import in_period, noon, seen_whole
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged, lines
from kuangan.law.cite import Cite
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "2.3"), Cite("five_person_measures"))
WINDOW_DAYS = 93
"""A month, and 62 days."""


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Summaries that say more visits than were recorded in their month, or fewer problems than these found."""
    summaries = entries_of(facts, "five_person_summary")
    whole = (
        summary for summary in summaries if seen_whole(period_of("month", summary.on), civil_date(at), WINDOW_DAYS)
    )
    faults = (fault for summary in whole for fault in _faults(facts, summary))
    return judged("五人小组月度小结与检查台账不符", faults, CITES)


def _faults(facts: LedgerFacts, summary: EntryFact) -> Iterator[Fault]:
    month = period_of("month", summary.on)
    visits = in_period(entries_of(facts, "five_person_visit"), month)
    problems = sum(_problems(visit) for visit in visits)
    visited, reported = int(summary.values["visits"]), int(summary.values["problems"])
    if visited > len(visits):
        yield Fault(summary.key, f"{month.label}小结填报检查{visited}次，台账登记{len(visits)}次")
    if reported < problems:
        yield Fault(summary.key, f"{month.label}小结填报问题{reported}条，台账登记{problems}条")


def _problems(visit: EntryFact) -> int:
    listed = visit.values.get("problems") or ()
    return len(lines(listed)) if isinstance(listed, str) else len(listed)


def _case(visits: int, problems: int, *, visited: int = 1, reported: int = 1) -> LedgerFacts:
    table = tuple({"item": f"问题{number}"} for number in range(problems))
    made = tuple(entry(f"v{index}", "2026-03-11", problems=table if not index else ()) for index in range(visits))
    summary = entry("s", "2026-03-31", visits=visited, problems=reported)
    return facts_of({"five_person_visit": made, "five_person_summary": (summary,)})


_AT = noon("2026-04-05")

RULE = Rule(
    id="five_person_summary_differs",
    title="五人小组月度小结与检查台账不符",
    measure="2.3",
    clauses=("2.3",),
    topic="ledger",
    about="mine",
    reads=("five_person_visit", "five_person_summary"),
    window_days=WINDOW_DAYS,
    check=check,
    cites=CITES,
    examples=(
        Example("次数、问题数一致", _case(1, 1), _AT, Clear),
        Example("填报次数多于台账", _case(1, 1, visited=2), _AT, Breach, ("s",)),
        Example("填报次数少于台账", _case(2, 1), _AT, Clear),
        Example("填报问题少于台账", _case(1, 2), _AT, Breach, ("s",)),
        Example("月初恰在可见期内", _case(1, 1, visited=2), noon("2026-06-02"), Breach, ("s",)),
        Example("月初已在可见期外，不再核对", _case(1, 1, visited=2), noon("2026-06-03"), Clear),
        Example("没有小结", facts_of({}), _AT, Clear),
    ),
)
