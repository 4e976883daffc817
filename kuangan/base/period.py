"""Calendar periods in which something is owed: their first and last day, their key and their Chinese name.

Keys sort and parse: ``2026-W10`` week, ``2026-03-1`` ten days (旬), ``2026-03`` month, ``2026-B2`` two months, ``2026-Q1``
quarter, ``2026-H1`` half-year, ``2026`` year, ``2024-2026`` several years (counted from 2024).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
"""The calendar's bounds: nothing that is supervised lies outside, and arithmetic with the days between never overflows."""

ANCHOR_YEAR: Final = 2024
"""Periods of several years are counted from this year on."""

_MONTHS: Final = {
    "month": 1,
    "two_months": 2,
    "quarter": 3,
    "half_year": 6,
    "year": 12,
    "two_years": 24,
    "three_years": 36,
}
KINDS: Final = ("week", "ten_days", *_MONTHS)
KIND_TEXT: Final = {
    "week": "每周",
    "ten_days": "每旬",
    "month": "每月",
    "two_months": "每两月",
    "quarter": "每季度",
    "half_year": "每半年",
    "year": "每年",
    "two_years": "每两年",
    "three_years": "每三年",
}
_TEN_DAYS: Final = ("上旬", "中旬", "下旬")


@dataclass(frozen=True)
class Period:
    """One period of a kind; both ``first`` and ``last`` belong to it."""

    kind: str
    first: date
    last: date

    @property
    def key(self) -> str:
        """Unique over all kinds, at most 9 characters."""
        year, month = self.first.year, self.first.month
        if self.kind == "week":
            iso = self.first.isocalendar()
            return f"{iso.year}-W{iso.week:02d}"
        return {
            "ten_days": f"{year}-{month:02d}-{min((self.first.day - 1) // 10, 2) + 1}",
            "month": f"{year}-{month:02d}",
            "two_months": f"{year}-B{(month + 1) // 2}",
            "quarter": f"{year}-Q{(month + 2) // 3}",
            "half_year": f"{year}-H{1 if month == 1 else 2}",
            "year": f"{year}",
        }.get(self.kind, f"{year}-{self.last.year}")

    @property
    def label(self) -> str:
        """The name that papers use."""
        year, month = self.first.year, self.first.month
        if self.kind == "week":
            iso = self.first.isocalendar()
            return f"{iso.year}年第{iso.week}周（{self.first:%m月%d日}至{self.last:%m月%d日}）"
        return {
            "ten_days": f"{year}年{month}月{_TEN_DAYS[min((self.first.day - 1) // 10, 2)]}",
            "month": f"{year}年{month}月",
            "two_months": f"{year}年{month}至{self.last.month}月",
            "quarter": f"{year}年第{(month + 2) // 3}季度",
            "half_year": f"{year}年{'上' if month == 1 else '下'}半年",
            "year": f"{year}年",
        }.get(self.kind, f"{year}至{self.last.year}年")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def period_of(kind: str, day: date) -> Period:
    """The period of ``kind`` in which ``day`` lies. Raises ``ValueError`` for an unknown kind."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return Period(kind, first, first + timedelta(days=6))
    if kind == "ten_days":
        part = min((day.day - 1) // 10, 2)
        last = day.replace(day=10 * part + 10) if part < 2 else _month_end(day.year, day.month)
        return Period(kind, day.replace(day=10 * part + 1), last)
    if kind not in _MONTHS:
        raise ValueError(f"no period {kind!r}; known: {', '.join(KINDS)}")
    length = _MONTHS[kind]
    index = (day.year - ANCHOR_YEAR) * 12 + day.month - 1
    start = index // length * length
    end = start + length - 1
    return Period(kind, _month_start(start), _month_end(ANCHOR_YEAR + end // 12, end % 12 + 1))


def next_period(period: Period) -> Period:
    return period_of(period.kind, period.last + timedelta(days=1))


def previous_period(period: Period) -> Period:
    return period_of(period.kind, period.first - timedelta(days=1))


def periods_between(kind: str, first: date, last: date) -> Iterator[Period]:
    """Every period of ``kind`` that shares a day with ``first`` … ``last``, in order."""
    period = period_of(kind, first)
    while period.first <= last:
        yield period
        period = next_period(period)


def parse_period(key: str) -> Period:
    """The period with this key. Raises ``ValueError``."""
    for kind, day in _readings(key):
        period = period_of(kind, day)
        if period.key == key:
            return period
    raise ValueError(f"not a period: {key!r}; write for example 2026, 2026-H1, 2026-Q1, 2026-03, 2026-03-1, 2026-W10")


def _readings(key: str) -> Iterator[tuple[str, date]]:
    """The kinds a key may be of, each with a day that would lie in it."""
    year_text, _, rest = key.partition("-")
    if not (key.isascii() and len(year_text) == 4 and year_text.isdigit()):
        return
    year = int(year_text)
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        return
    if not rest:
        yield "year", date(year, 1, 1)
    elif rest[:1] in ("W", "B", "Q", "H") and rest[1:].isdigit():
        yield from _lettered(rest[0], year, int(rest[1:]))
    elif rest.isdigit() and len(rest) == 2 and 1 <= int(rest) <= 12:
        yield "month", date(year, int(rest), 1)
    elif rest.isdigit() and len(rest) == 4:
        yield "two_years", date(year, 1, 1)
        yield "three_years", date(year, 1, 1)
    elif len(rest) == 4 and rest[2] == "-" and rest[:2].isdigit() and rest[3] in "123" and 1 <= int(rest[:2]) <= 12:
        yield "ten_days", date(year, int(rest[:2]), (int(rest[3]) - 1) * 10 + 1)


def _lettered(letter: str, year: int, number: int) -> Iterator[tuple[str, date]]:
    if letter == "W":
        if 1 <= number <= 53:
            yield "week", date(year, 1, 4) + timedelta(weeks=number - 1)
        return
    kind = {"B": "two_months", "Q": "quarter", "H": "half_year"}[letter]
    month = (number - 1) * _MONTHS[kind] + 1
    if 1 <= month <= 12:
        yield kind, date(year, month, 1)


def _month_start(index: int) -> date:
    return date(ANCHOR_YEAR + index // 12, index % 12 + 1, 1)


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
