"""Days and moments as people write them; what is not wholly understood is refused. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from kuangan.base.clock import BEIJING
from kuangan.core.values.plain import LONGEST_MARK, Wrong, plain_text

YEARS: Final = range(1950, 2101)
"""Years of any day that a ledger may name."""
_DAY = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?: ?日)?")
_JOINED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MIDNIGHT = re.compile(r"[T ]?0{1,2}:00(?::00(?:\.0+)?)?")
_HALF = "上午|下午|晚上|晚|中午|凌晨"
_CLOCK = re.compile(rf"({_HALF})?(\d{{1,2}})[:时点](\d{{1,2}})(?:[:分](\d{{1,2}}))?[分秒]?(AM|PM|A\.M\.|P\.M\.)?")
_WHOLE_HOUR = re.compile(rf"({_HALF})?(\d{{1,2}})[时点]整?")
_MORNING = {hour: hour for hour in range(12)}
_AFTERNOON = {hour: hour + 12 for hour in range(1, 12)} | {hour: hour for hour in range(12, 24)}
_EVENING = {hour: hour + 12 for hour in range(5, 12)} | {hour: hour for hour in range(17, 24)}
_HOURS: Final[Mapping[str, Mapping[int, int]]] = {
    "上午": _MORNING | {12: 12},
    "凌晨": {hour: hour for hour in range(7)} | {12: 0},
    "中午": {11: 11, 12: 12, 1: 13, 2: 14},
    "下午": _AFTERNOON,
    "晚上": _EVENING,
    "晚": _EVENING,
    "AM": _MORNING | {12: 0},
    "PM": _AFTERNOON,
}
"""The hour of 24 by the half of the day and the hour written; what is missing is no hour of that half."""
_NO_DAY: Final = "不是有效的日期，请按“年-月-日”填写，例如 2026-03-12"
_NO_MOMENT: Final = "不是有效的时间，请按“年-月-日 时:分”填写，例如 2026-03-12 08:30"


def day_of(given: Any) -> date:
    """A day as a date. Raises :class:`Wrong`."""
    if isinstance(given, datetime):
        return _in_years(given.astimezone(BEIJING).date() if given.tzinfo else given.date())
    if isinstance(given, date):
        return _in_years(given)
    text = _folded(given)
    written = _JOINED_DAY.fullmatch(text) or _DAY.fullmatch(text)
    if written:
        return _checked_day(written)
    written = _DAY.match(text)
    if not written or not _MIDNIGHT.fullmatch(text[written.end() :]):
        raise Wrong(_NO_DAY)
    return _checked_day(written)


def moment_of(given: Any) -> datetime:
    """A moment, aware; one without a zone is Beijing's. Raises :class:`Wrong`.

    ``下午2:30`` and ``2:30 PM`` are 14:30; a range, or anything else behind the time, is refused.
    """
    moment: datetime = given if isinstance(given, datetime) else _parsed(_folded(given))
    _in_years(moment.date())
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _folded(given: Any) -> str:
    """Full-width forms as plain ones, single blanks; bounded before anything looks for a form in it."""
    text = plain_text(given, LONGEST_MARK)
    if len(text) > LONGEST_MARK:
        raise Wrong(f"共 {len(text)} 字，日期和时间最多 {LONGEST_MARK} 字，请核对")
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _parsed(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _parsed_words(text)
    if (moment.utcoffset() or timedelta()) < timedelta():
        raise Wrong(_NO_MOMENT)  # 08:30-11:30 is a range of times, no place west of Greenwich
    return moment


def _parsed_words(text: str) -> datetime:
    day = _DAY.match(text)
    rest = text[day.end() :].upper() if day else ""
    parted = not rest[:1].isdigit() or (day is not None and day.group(0).endswith("日"))
    bare = rest.removeprefix("T").replace(" ", "")
    clock = _CLOCK.fullmatch(bare) or _WHOLE_HOUR.fullmatch(bare)
    if not day or not clock or not parted:
        raise Wrong(_NO_MOMENT)
    before, hour, minute, second, behind = (*clock.groups(""), "", "", "")[:5]
    on = _checked_day(day)
    of_24 = _hour(int(hour), before, behind.replace(".", ""))
    try:
        return datetime(on.year, on.month, on.day, of_24, int(minute or 0), int(second or 0), tzinfo=BEIJING)
    except ValueError:
        raise Wrong(f"没有{text}这一时刻，请核对时间") from None


def _hour(hour: int, before: str, behind: str) -> int:
    """The hour of 24. Raises :class:`Wrong` where the half of the day contradicts it, or is said twice."""
    hours = _HOURS.get(before or behind)
    if hours is None:
        return hour
    if hour not in hours or (before and behind):
        raise Wrong("上午、下午与钟点不符，请按 24 小时制填写，例如 2026-03-12 14:30")
    return hours[hour]


def _checked_day(written: re.Match[str]) -> date:
    try:
        day = date(*(int(part) for part in written.groups()))
    except ValueError:
        raise Wrong(f"没有{written.group(0)}这一天，请核对日期") from None
    return _in_years(day)


def _in_years(day: date) -> date:
    if day.year not in YEARS:
        raise Wrong(f"年份{day.year}不合常理，请核对日期")
    return day
