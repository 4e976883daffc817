"""Spans of law and how they are counted."""

import calendar as months_table
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.base.numerals import date_text
from kuangan.base.workdays import Calendar

Unit = Literal["minutes", "hours", "days", "workdays", "months"]
UNIT_TEXT: dict[str, str] = {"minutes": "分钟", "hours": "小时", "days": "日", "workdays": "个工作日", "months": "个月"}
_UNIT_OF = {text: unit for unit, text in UNIT_TEXT.items()}
_WRITTEN = re.compile(rf"(?P<count>\d+)(?P<unit>{'|'.join(_UNIT_OF)})")


@dataclass(frozen=True)
class Span:
    """A length of time as law counts it."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.count < 0 or self.unit not in UNIT_TEXT:
            raise ValueError(f"not a span: {self.count} {self.unit}")

    def __str__(self) -> str:
        return f"{self.count}{UNIT_TEXT[self.unit]}"

    @property
    def runs(self) -> bool:
        """Whether it runs on from the moment, over nights and holidays, instead of counting days."""
        return self.unit in ("minutes", "hours")

    @property
    def length(self) -> timedelta:
        """As a fixed length of time. Raises ``ValueError`` for months and working days, which have none."""
        if self.unit not in ("minutes", "hours", "days"):
            raise ValueError(f"{self} has no fixed length")
        return timedelta(**{self.unit: self.count})

    def after(self, day: date) -> date:
        """The last day of the span that begins with ``day``'s morrow. Raises ``ValueError`` unless it is of days or months."""
        return self._moved(day, 1)

    def before(self, day: date) -> date:
        """The day so long before ``day``; as :meth:`after`."""
        return self._moved(day, -1)

    def _moved(self, day: date, sign: int) -> date:
        if self.unit == "months":
            return add_months(day, sign * self.count)
        if self.unit != "days":
            raise ValueError(f"{self} counts no days")
        return day + sign * timedelta(days=self.count)


def minutes(count: int) -> Span:
    """Runs from the moment of receipt; holidays do not stop it."""
    return Span(count, "minutes")


def hours(count: int) -> Span:
    """Runs from the moment of receipt; holidays do not stop it."""
    return Span(count, "hours")


def days(count: int) -> Span:
    """Calendar days; day one is the day after."""
    return Span(count, "days")


def workdays(count: int) -> Span:
    """Working days; day one is the next working day."""
    return Span(count, "workdays")


def months(count: int) -> Span:
    """Calendar months, to the day of the same number (or the month's last)."""
    return Span(count, "months")


def parse_span(text: str) -> Span:
    """``"3 days"`` → ``Span(3, "days")``. Raises ``ValueError``."""
    parts = text.split()
    if len(parts) != 2 or not parts[0].isdigit() or parts[1] not in UNIT_TEXT:
        raise ValueError(f"not a span: {text!r}; write for example '24 hours', '3 days', '5 workdays', '2 months'")
    return Span(int(parts[0]), parts[1])  # type: ignore[arg-type]  # membership checked above


def written_span(text: str) -> Span | None:
    """The span that papers and clocks write so: ``"24小时"`` → ``Span(24, "hours")``; None for any other text."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    return parse_span(f"{written['count']} {_UNIT_OF[written['unit']]}")


def deadline(span: Span, start: datetime, calendar: Calendar, *, rolls: bool = True) -> datetime:
    """The first moment that is too late.

    Minutes and hours run from ``start``. Otherwise day one is the day after; a last day that is no working day rolls
    on to the next one (where the deadline ``rolls``); the deadline is that day's 24:00, Beijing.
    """
    if span.runs:
        return start + timedelta(**{span.unit: span.count})
    last = _last_day(span, civil_date(start), calendar)
    return beijing_midnight((calendar.roll_on(last) if rolls else last) + timedelta(days=1))


def floor(span: Span, start: datetime) -> datetime:
    """The first moment at which something is allowed again; never rolls on and never pauses.

    Started on day D with 3 days: D+4 00:00, Beijing. Minutes and hours run from ``start``. Working days are no floor.
    """
    if span.runs:
        return start + timedelta(**{span.unit: span.count})
    if span.unit == "workdays":
        raise ValueError("a floor is counted in hours, days or months, not in working days")
    first = civil_date(start)
    last = first + timedelta(days=span.count) if span.unit == "days" else add_months(first, span.count)
    return beijing_midnight(last + timedelta(days=1))


def derivation(span: Span, start: datetime, due_at: datetime) -> str:
    """How a due time came about, for the reader of a page."""
    if span.runs:
        return f"自收到时起{span}，连续计算，不扣除节假日"
    return f"{date_text(civil_date(start))}的次日为第1日，期限{span}，至{date_text(civil_date(due_at) - timedelta(days=1))}24时"


def add_months(day: date, count: int) -> date:
    """The day of the same number ``count`` months on, or that month's last day."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    last = months_table.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _last_day(span: Span, start: date, calendar: Calendar) -> date:
    if span.unit == "workdays":
        return calendar.add_workdays(start, span.count)
    if span.unit == "days":
        return start + timedelta(days=span.count)
    return add_months(start, span.count)
