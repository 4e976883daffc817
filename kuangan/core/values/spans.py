"""Periods from a day to a day, and places with coordinates: as people write them, as they are stored, as they are read. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kuangan.base.numerals import date_text
from kuangan.base.period import FIRST_DAY, LAST_DAY, Period, parse_period
from kuangan.core.values.days import day_of
from kuangan.core.values.plain import LONGEST, LONGEST_MARK, Wrong, plain_text

_BETWEEN: Final = re.compile(r"\s*(?:/|~|～|—+|至|到)\s*|\s+-\s+")
_MONTH: Final = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月(?:份)?")
_BEHIND: Final = re.compile(
    r"(.*?)\s*[(（]\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，]\s*(-?\d{1,3}(?:\.\d+)?)\s*[)）]\s*", re.DOTALL
)
_NO_PERIOD: Final = "不是有效的起止日期，请填写开始日期和结束日期，例如 2026-03-01 至 2026-03-31"
_PLACES: Final = 6
"""Places of a degree that are kept: about 0.1 m."""


@dataclass(frozen=True)
class Days:
    """From a day to a day; both belong to it."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{date_text(self.first)}至{date_text(self.last)}"


@dataclass(frozen=True)
class Place:
    """Where something was: words and, where known, degrees north and east."""

    text: str
    north: Decimal | None = None
    east: Decimal | None = None

    def __str__(self) -> str:
        return self.text if self.north is None else f"{self.text}（{self.north}，{self.east}）"


def period(given: Any) -> str:
    """``2026-03-01/2026-03-31`` from two days, a pair, or the name of a month, quarter or year. Raises :class:`Wrong`."""
    if isinstance(given, Days | Period):
        ends: list[Any] = [given.first, given.last]
    elif isinstance(given, Mapping):
        ends = [given.get("first"), given.get("last")]
    elif isinstance(given, list | tuple):
        ends = list(given)
    else:
        ends = _ends(unicodedata.normalize("NFKC", plain_text(given, LONGEST_MARK)))
    if len(ends) != 2 or any(end in (None, "") for end in ends):
        raise Wrong(_NO_PERIOD)
    first, last = (day_of(end) for end in ends)
    if last < first:
        raise Wrong("结束日期早于开始日期，请核对")
    return f"{first.isoformat()}/{last.isoformat()}"


def _ends(text: str) -> list[Any]:
    month = _MONTH.fullmatch(text)
    try:
        named = parse_period(f"{month[1]}-{int(month[2]):02d}" if month else text)
    except ValueError:
        return _BETWEEN.split(text)
    return [max(named.first, FIRST_DAY), min(named.last, LAST_DAY)]


def days(stored: str) -> Days:
    first, _, last = stored.partition("/")
    return Days(date.fromisoformat(first), date.fromisoformat(last))


def place(given: Any) -> str:
    """Words, perhaps with ``（37.860100，112.550100）`` behind them: degrees north and east. Raises :class:`Wrong`."""
    if isinstance(given, Place):
        given = str(given)
    if isinstance(given, Mapping):
        known = [given.get("north"), given.get("east")]
        given = f"{given.get('text', '')}（{known[0]}，{known[1]}）" if None not in known else given.get("text", "")
    text = " ".join(plain_text(given, LONGEST["place"]).split())
    if len(text) > LONGEST["place"]:
        raise Wrong(f"共 {len(text)} 字，最多 {LONGEST['place']} 字，请精简")
    match = _BEHIND.fullmatch(text)
    if not match:
        return text
    north, east = (Decimal(match[group]).quantize(Decimal(1).scaleb(-_PLACES)) for group in (2, 3))
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise Wrong("坐标不是有效的纬度、经度，请按“地点（纬度，经度）”填写，或只写地点")
    if not match[1]:
        raise Wrong("请写明地点名称，不能只有坐标")
    return str(Place(match[1], north, east))


def placed(stored: str) -> Place:
    match = _BEHIND.fullmatch(stored)
    return Place(match[1], Decimal(match[2]), Decimal(match[3])) if match else Place(stored)
