"""月原煤产量大于核定（设计）生产能力的规定比例：超能力生产（2026年6月30日以前的月份）。"""

from datetime import datetime

from kuangan.base.clock import civil_date
from kuangan.corpus.rules._enterprise import by_period, idle, moment
from kuangan.corpus.rules._ledger import facts_of
from kuangan.corpus.rules._production import OLD, POWER, Output, OutputLine, judge_output, sheet_facts, sheets
from kuangan.law.instrument import in_force
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.topic import LedgerFacts

LINE = OutputLine("production.month_share", complete=False)


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """Each month's output against its share of the yearly capacity; exactly the share is not over.

    Only months that ended under the criteria of 2020; later ones are judged by the quarter.
    """
    if not sheets(facts):
        return idle(facts, producing=True) or Unknown("近一年没有原煤产量月报")
    months = by_period(sheets(facts), "month").items()
    outputs = [Output(month, reports) for month, reports in months if in_force(OLD, month.last)]
    return judge_output(facts, outputs, lambda _: LINE, civil_date(at))


_AT = moment("2026-04-10T08:00")
_MARCH = "2026-03-31"

RULE = Rule(
    id="production_over_month",
    title="月产量超能力",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=(POWER,),
    past=(OLD,),
    clauses=("3.1h",),
    about="mine",
    reads=("production_month",),
    window_days=366,
    examples=(
        Example("恰为10%，不算超", sheet_facts((_MARCH, "120000"), approved_capacity="120"), _AT, Clear),
        Example("超过10%", sheet_facts((_MARCH, "120000.01"), approved_capacity="120"), _AT, Breach, ("m0",)),
        Example(
            "B7：一个月两份月报，合计超过10%",
            sheet_facts(("2026-03-15", "100000"), (_MARCH, "100000"), approved_capacity="120"),
            _AT,
            Breach,
            ("m0", "m1"),
        ),
        Example(
            "B7：一个月两份月报，合计恰为10%",
            sheet_facts(("2026-03-15", "20000"), (_MARCH, "100000"), approved_capacity="120"),
            _AT,
            Clear,
        ),
        Example(
            "2月29日的月报", sheet_facts(("2024-02-29", "120000.01"), approved_capacity="120"), _AT, Breach, ("m0",)
        ),
        Example(
            "填报的能力高于一矿一册",
            sheet_facts((_MARCH, "120000.01"), capacity="150", approved_capacity="120"),
            _AT,
            Unknown,
        ),
        Example(
            "按填报的较高能力也超过",
            sheet_facts((_MARCH, "150000.01"), capacity="150", approved_capacity="120"),
            _AT,
            Breach,
            ("m0",),
        ),
        Example("一矿一册未登记能力", sheet_facts((_MARCH, "120000")), _AT, Unknown),
        Example(
            "A6：2026年6月按月判定",
            sheet_facts(("2026-06-30", "120000.01"), approved_capacity="120"),
            moment("2026-08-10T08:00"),
            Breach,
            ("m0",),
        ),
        Example(
            "A6：2026年7月起不再按月判定",
            sheet_facts(("2026-07-31", "200000"), approved_capacity="120"),
            moment("2026-08-10T08:00"),
            Clear,
        ),
        Example("没有月报", facts_of({}), _AT, Unknown),
        Example("停产且没有月报", facts_of({}, status="halted"), _AT, Clear),
    ),
)
