"""全年原煤产量达到（2026年度起为超过）核定（设计）生产能力的规定比例：超能力生产。"""

import operator
from datetime import date, datetime

from kuangan.base.clock import civil_date
from kuangan.base.period import Period, period_of
from kuangan.corpus.rules._enterprise import by_period, idle, moment
from kuangan.corpus.rules._ledger import facts_of
from kuangan.corpus.rules._production import NEW, OLD, POWER, Output, OutputLine, judge_output, sheet_facts, sheets
from kuangan.law.rule import Breach, Clear, Example, Outcome, Rule, Unknown
from kuangan.law.time.dated import Dated, Value
from kuangan.law.topic import LedgerFacts

REACHED = Dated(
    Value(date(2021, 1, 1), "以上", OLD),
    Value(date(2026, 7, 1), "超过", NEW),
)
"""Whether a year that just reaches the share is over it: the criteria of 2020 say 以上, those of 2026 超过."""


def check(facts: LedgerFacts, at: datetime) -> Outcome:
    """This year's output so far, and last year's, against the yearly capacity, by the criteria of the year's last day."""
    today = civil_date(at)
    recent = [entry for entry in sheets(facts) if entry.on.year >= today.year - 1]
    if not recent:
        return idle(facts, producing=True) or Unknown("没有原煤产量月报")
    outputs = [Output(year, reports) for year, reports in by_period(recent, "year").items()]
    outcome = judge_output(facts, outputs, _line, today)
    this_year = period_of("year", today)
    if isinstance(outcome, Clear) and all(entry.period != this_year for entry in outputs) and today.month > 1:
        return idle(facts, producing=True) or Unknown(f"{today.year}年没有原煤产量月报")
    return outcome


def _line(year: Period) -> OutputLine:
    reached = REACHED.on(year.last).value == "以上"
    return OutputLine("production.year_share", operator.ge if reached else operator.gt)


def _year(year: int, last: str, *, months: int = 12) -> tuple[tuple[str, str], ...]:
    """Sheets of 100,000 t a month, the last one of ``last`` tonnes."""
    ends = [period_of("month", date(year, month, 1)).last.isoformat() for month in range(1, months + 1)]
    return (*((end, "100000") for end in ends[:-1]), (ends[-1], last))


def _keys(count: int) -> tuple[str, ...]:
    return tuple(f"m{index}" for index in range(count))


_AT = moment("2026-12-10T08:00")
_NEXT = moment("2027-01-10T08:00")

RULE = Rule(
    id="production_over_year",
    title="全年产量超能力",
    measure="3.1",
    topic="ledger",
    check=check,
    cites=(NEW, POWER),
    past=(OLD,),
    clauses=("3.1h",),
    about="mine",
    reads=("production_month",),
    window_days=731,
    examples=(
        Example(
            "2025年度恰达110%",
            sheet_facts(*_year(2025, "220000"), approved_capacity="120"),
            moment("2026-01-10T08:00"),
            Breach,
            _keys(12),
        ),
        Example(
            "2025年度差1吨到110%",
            sheet_facts(*_year(2025, "219999"), approved_capacity="120"),
            moment("2026-01-10T08:00"),
            Clear,
        ),
        Example(
            "A6：2026年度按新标准，恰为110%不算超",
            sheet_facts(*_year(2026, "220000"), approved_capacity="120"),
            _NEXT,
            Clear,
        ),
        Example(
            "A6：2026年度超过110%",
            sheet_facts(*_year(2026, "220000.01"), approved_capacity="120"),
            _NEXT,
            Breach,
            _keys(12),
        ),
        Example(
            "跨年的分年计算",
            sheet_facts(*_year(2025, "200000"), ("2026-01-31", "120000"), approved_capacity="120"),
            moment("2026-02-10T08:00"),
            Clear,
        ),
        Example(
            "填报的能力高于一矿一册",
            sheet_facts(*_year(2026, "320001", months=11), capacity="150", approved_capacity="120"),
            _AT,
            Unknown,
        ),
        Example("B7：只有11月", sheet_facts(("2026-11-30", "100000"), approved_capacity="120"), _AT, Unknown),
        Example("B7：12月只有2月", sheet_facts(("2026-02-28", "100000"), approved_capacity="120"), _AT, Unknown),
        Example(
            "B7：中间缺月",
            sheet_facts(
                *_year(2026, "100000", months=8), ("2026-10-31", "1"), ("2026-11-30", "1"), approved_capacity="120"
            ),
            _AT,
            Unknown,
        ),
        Example(
            "B7：一个月两份月报一并计入",
            sheet_facts(*_year(2026, "220000"), ("2026-12-15", "0.01"), approved_capacity="120"),
            _NEXT,
            Breach,
            _keys(13),
        ),
        Example(
            "当月尚未结束，以前各月齐全",
            sheet_facts(*_year(2026, "100000", months=11), approved_capacity="120"),
            _AT,
            Clear,
        ),
        Example("一矿一册未登记能力", sheet_facts(*_year(2026, "100000", months=11)), _AT, Unknown),
        Example("没有月报", facts_of({}), _AT, Unknown),
    ),
)
