"""Words that several pages share for clocks and cases."""

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, moment_text
from kuangan.casework.models import Case, CaseClock
from kuangan.law.content import procedure
from kuangan.law.procedure import Procedure, State


def due_derivation(row: CaseClock) -> str:
    """How a clock's due time came about, from its stored span and start."""
    started = moment_text(row.started_at)
    if row.span.endswith(("分钟", "小时")):
        return f"{started}起算，{row.span}，连续计算，不扣除节假日"
    first = date_text(civil_date(row.started_at))
    rolled = "最短期限不因节假日顺延" if row.kind == "floor" else "末日为节假日的顺延至次一工作日"
    return f"{first}起算，次日为第1日，{row.span}，{rolled}"


def law_of(case: Case) -> Procedure:
    """The case's procedure."""
    return procedure(case.procedure)


def state_of(case: Case) -> State:
    """The case's state in its procedure's words."""
    return procedure(case.procedure).state(case.state)
