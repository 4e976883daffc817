"""监管专员述职与巡查台账不符（任务分工2.2）。"""

from kuangan.corpus.rules._commissioner_report import CITES, EXAMPLES, READS, WINDOW_DAYS, check
from kuangan.law.rule import Rule

RULE = Rule(
    id="commissioner_report_differs",
    title="监管专员述职与巡查台账不符",
    measure="2.2",
    clauses=("2.2b",),
    topic="ledger",
    about="county_bureau",
    reads=READS,
    window_days=WINDOW_DAYS,
    check=check,
    cites=CITES,
    examples=EXAMPLES,
)
