"""监管专员述职与巡查台账不符（任务分工2.2）。"""

from kuangan.corpus.rules._commissioner_report import AT, CITES, READS, check, reported
from kuangan.corpus.rules._leadership import unit_facts
from kuangan.law.rule import Breach, Clear, Example, Rule

RULE = Rule(
    id="commissioner_report_differs",
    title="监管专员述职与巡查台账不符",
    measure="2.2",
    clauses=("2.2b",),
    topic="ledger",
    about="county_bureau",
    reads=READS,
    window_days=190,
    check=check,
    cites=CITES,
    examples=(
        Example("次数一致", reported(2, 1, ("2026-01-01", True), ("2026-03-30", False)), AT, Clear),
        Example("巡查多报1次", reported(3, 1, ("2026-01-01", True), ("2026-03-30", False)), AT, Breach, ("r",)),
        Example("下井多报1次", reported(2, 2, ("2026-01-01", True), ("2026-03-30", False)), AT, Breach, ("r",)),
        Example("少报不算", reported(1, 0, ("2026-01-01", True), ("2026-03-30", False)), AT, Clear),
        Example("述职之后的巡查不算", reported(1, 0, ("2026-03-31", False)), AT, Breach, ("r",)),
        Example("上一季度的巡查不算", reported(1, 0, ("2025-12-31", False)), AT, Breach, ("r",)),
        Example("他人的巡查不算", reported(1, 0, ("2026-03-02", False), by="席巡成"), AT, Breach, ("r",)),
        Example("没有述职", unit_facts("140423-bureau"), AT, Clear),
    ),
)
