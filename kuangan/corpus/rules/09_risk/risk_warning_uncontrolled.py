"""市级预警的重大风险半年内未有效管控，应当下调煤矿类别（任务分工9.1）。"""

from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text
from kuangan.corpus.rules._leadership import noon
from kuangan.corpus.rules._ledger import Fault, entries_of, entry, facts_of, gone, judged
from kuangan.law.cite import Cite
from kuangan.law.local import local
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule
from kuangan.law.time.span import add_months
from kuangan.law.topic import LedgerFacts

CITES = (Cite("register", "9.1"), Cite("risk_forecast_2020"))


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Warnings older than the months allowed and not marked as controlled."""
    if gone(facts):
        return Clear()
    today = civil_date(at)
    months = int(local("risk_warning.control_months", today).value)
    faults = [
        Fault(entry.key, f"{date_text(entry.on)}预警的“{entry.values['risk']}”")
        for entry in entries_of(facts, "risk_warning")
        if "controlled_on" not in entry.values and add_months(entry.on, months) < today
    ]
    return judged(f"重大风险预警后{months}个月内未有效管控，建议下调类别", faults, CITES)


def _facts(on: str = "2026-01-10", /, **values: object) -> LedgerFacts:
    return facts_of({"risk_warning": (entry("w", on, "2027-03-10", risk="过陷落柱", **values),)})


RULE = Rule(
    id="risk_warning_uncontrolled",
    title="预警的重大风险半年内未有效管控",
    measure="9.1",
    clauses=("9.1a",),
    topic="ledger",
    about="mine",
    reads=("risk_warning",),
    window_days=400,
    check=check,
    cites=CITES,
    examples=(
        Example("恰满六个月", _facts(), noon("2026-07-10"), Clear),
        Example("超过六个月", _facts(), noon("2026-07-11"), Breach, ("w",)),
        Example("B13：2月28日预警，8月28日恰满", _facts("2026-02-28"), noon("2026-08-28"), Clear),
        Example("B13：2月28日预警，8月29日超过", _facts("2026-02-28"), noon("2026-08-29"), Breach, ("w",)),
        Example("B13：8月31日预警，次年2月末日恰满", _facts("2026-08-31"), noon("2027-02-28"), Clear),
        Example("B13：8月31日预警，次年3月1日超过", _facts("2026-08-31"), noon("2027-03-01"), Breach, ("w",)),
        Example("已有效管控", _facts(controlled_on=date(2026, 5, 1)), noon("2026-07-11"), Clear),
    ),
)
