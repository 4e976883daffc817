"""The month of a roster as a table, what a sheet may not say, and what was put right afterwards."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.safestring import SafeString

from kuangan.base.period import Period
from kuangan.core.actions.rosters import SHIFT_HOURS, SHIFT_STARTS_AT_HOUR
from kuangan.core.models import Event, Roster, Shift
from kuangan.law.role import Role
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import Table, marked

Held = Mapping[tuple[date, str], Sequence[Roster]]
"""Who stands in the shifts of a month, by day and shift."""


def _corrected(event: Event) -> str:
    return f"{event.data['on']} {Shift(event.data['shift']).label}（{Role(event.data['role']).label}）"


def _people(key: str) -> Callable[[Event], str]:
    return lambda event: "、".join(event.data[key]) or "无人"


FAULTS: Final = (
    Column("行", lambda fault: fault.number, style="num"),
    Column("栏目", lambda fault: fault.column),
    Column("原因", lambda fault: fault.text),
)
CORRECTIONS: Final = (
    Column("班次", _corrected),
    Column("更正前", _people("before")),
    Column("更正后", _people("after"), style="strong"),
    Column("事由", lambda event: event.data["reason"]),
    Column("更正人", lambda event: event.actor.display_name if event.actor else "平台"),
    Column("更正时间", lambda event: event.at, style="nowrap"),
)


def month_table(month: Period, held: Held, roles: Sequence[Role], address: str, today: date) -> Table:
    """A row for each day, a column for each shift in the order of the clock; every cell leads to filling it."""

    def cell(shift: Shift) -> Callable[[date], Any]:
        return lambda day: shown.link(
            f"{address}&on={day.isoformat()}&shift={shift.value}#fill",
            _standing(held.get((day, shift), ()), roles, "未排" if day < today else "排班"),
        )

    columns = [Column("日期", lambda day: day, shown=lambda day: _day_words(day, today), style="nowrap")]
    for shift, hour in SHIFT_STARTS_AT_HOUR.items():
        columns.append(Column(f"{shift.label}（{hour}—{hour + SHIFT_HOURS} 时）", cell(shift), label=str(shift.label)))
    return Table(columns, month.days, row=lambda day: marked(style="today" if day == today else ""))


def _standing(entries: Iterable[Roster], roles: Sequence[Role], nobody: str) -> Any:
    """Who stands in a shift, a line for each role where there are several; ``nobody`` where it is empty."""
    names = {role: "、".join(entry.person.name for entry in entries if entry.role == role) for role in roles}
    several = len(roles) > 1
    lines = [
        shown.joined(shown.small(role.label) if several else "", text, by=" " if several else "")
        for role, text in names.items()
        if text
    ]
    return shown.joined(*lines, by=SafeString("<br>")) if lines else nobody


def _day_words(day: date, today: date) -> Any:
    words = f"{day:%m-%d} 周{'一二三四五六日'[day.weekday()]}"
    return shown.joined(shown.strong(words), shown.tag("今日"), by=" ") if day == today else words
