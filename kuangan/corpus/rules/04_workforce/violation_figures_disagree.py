"""“三违”月度分析的起数与“三违”台账不符。"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.base.period import period_of
from kuangan.corpus.rules._enterprise import moment
from kuangan.corpus.rules._leadership import in_period, seen_whole
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, judged
from kuangan.law.cite import Cite
from kuangan.law.ledger import ledger_by_id
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

CITES = (Cite("register", "4.1"),)
WINDOW_DAYS = 124


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Each month's analysis against the violations on record, by kind."""
    analyses = entries_of(facts, "violation_analysis")
    if not analyses and entries_of(facts, "violation"):
        return Unknown("有“三违”登记而近三月没有月度分析")
    whole = (
        analysis for analysis in analyses if seen_whole(period_of("month", analysis.on), civil_date(at), WINDOW_DAYS)
    )
    return judged("“三违”分析与台账不符", (fault for analysis in whole for fault in _faults(facts, analysis)), CITES)


def _faults(facts: LedgerFacts, analysis: EntryFact) -> Iterator[Fault]:
    month = period_of("month", analysis.on)
    counted = Counter(violation.values["kind"] for violation in in_period(entries_of(facts, "violation"), month))
    for kind, label in ledger_by_id("violation").field("kind").choices:
        written = analysis.values[kind]
        if written != counted[kind]:
            yield Fault(analysis.key, f"{month.label}{label}分析{written}起，台账{counted[kind]}起")


def _case(operation: int, *days: str) -> LedgerFacts:
    analysis = entry("a", "2026-03-31", command=0, operation=operation, discipline=0)
    made = tuple(entry(f"v{index}", on, kind="operation") for index, on in enumerate(days))
    return facts_of({"violation_analysis": (analysis,), "violation": made})


_AT = moment("2026-04-06T08:00")

RULE = Rule(
    id="violation_figures_disagree",
    title="“三违”分析与台账不符",
    measure="4.1",
    topic="ledger",
    check=check,
    cites=CITES,
    clauses=("4.1e",),
    about="mine",
    reads=("violation_analysis", "violation"),
    window_days=WINDOW_DAYS,
    examples=(
        Example("起数相符，他月的不计", _case(1, "2026-03-01", "2026-04-01"), _AT, Clear),
        Example("分析少1起", _case(1, "2026-03-01", "2026-03-31"), _AT, Breach, ("a",)),
        Example("分析多1起", _case(1), _AT, Breach, ("a",)),
        Example(
            "有登记而没有分析", facts_of({"violation": (entry("v", "2026-03-01", kind="operation"),)}), _AT, Unknown
        ),
        Example("月初恰在可见期内", _case(2, "2026-03-01"), moment("2026-07-03T08:00"), Breach, ("a",)),
        Example("月初已在可见期外，不再核对", _case(2, "2026-03-31"), moment("2026-07-04T08:00"), Clear),
        Example("都没有", facts_of({}), _AT, Clear),
    ),
)
