"""井工煤矿季度原煤产量超过核定（设计）生产能力的规定比例：超能力生产（2026年第三季度起）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import by_period, idle, moment
from kuangan.corpus.rules._ledger import facts_of
from kuangan.corpus.rules._production import NEW, POWER, Output, OutputLine, judge_output, sheet_facts, sheets
from kuangan.law.instrument import in_force
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

LINE = OutputLine("production.quarter_share")


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Each quarter's output so far against its share of the yearly capacity; exactly the share is not over.

    Only quarters that began under the criteria of 2026.
    """
    if not sheets(facts):
        return idle(facts, producing=True) or Unknown("近一年没有原煤产量月报")
    quarters = by_period(sheets(facts), "quarter").items()
    outputs = [Output(quarter, reports) for quarter, reports in quarters if in_force(NEW, quarter.first)]
    return judge_output(facts, outputs, lambda _: LINE, civil_date(at))


_AT = moment("2026-10-10T08:00")
_JULY, _AUGUST = ("2026-07-31", "120000"), ("2026-08-31", "120000")

RULE = Rule(
    id="production_over_quarter",
    title="季度产量超能力",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=(NEW, POWER),
    clauses=("3.1h",),
    about="mine",
    underground=True,
    reads=("production_month",),
    window_days=460,
    examples=(
        Example(
            "A6：恰为30%，不算超",
            sheet_facts(_JULY, _AUGUST, ("2026-09-30", "120000"), approved_capacity="120"),
            _AT,
            Clear,
        ),
        Example(
            "A6：超过30%",
            sheet_facts(_JULY, _AUGUST, ("2026-09-30", "120000.01"), approved_capacity="120"),
            _AT,
            Breach,
            ("m0", "m1", "m2"),
        ),
        Example(
            "B7：一个月两份月报一并计入",
            sheet_facts(_JULY, _AUGUST, ("2026-09-15", "60000"), ("2026-09-30", "60000.01"), approved_capacity="120"),
            _AT,
            Breach,
            ("m0", "m1", "m2", "m3"),
        ),
        Example("B7：季度已过，缺一个月", sheet_facts(_JULY, _AUGUST, approved_capacity="120"), _AT, Unknown),
        Example(
            "季度未过，以前各月齐全",
            sheet_facts(_JULY, _AUGUST, approved_capacity="120"),
            moment("2026-09-30T23:00"),
            Clear,
        ),
        Example(
            "季度未过已超过",
            sheet_facts(_JULY, ("2026-08-31", "240000.01"), approved_capacity="120"),
            moment("2026-09-10T08:00"),
            Breach,
            ("m0", "m1"),
        ),
        Example(
            "A6：2026年第二季度不按季度判定",
            sheet_facts(("2026-06-30", "400000"), approved_capacity="120"),
            moment("2026-07-10T08:00"),
            Clear,
        ),
        Example(
            "填报的能力高于一矿一册",
            sheet_facts(_JULY, ("2026-08-31", "240001"), capacity="150", approved_capacity="120"),
            moment("2026-09-10T08:00"),
            Unknown,
        ),
        Example("没有月报", facts_of({}), _AT, Unknown),
        Example("停产且没有月报", facts_of({}, status="halted"), _AT, Clear),
    ),
)
