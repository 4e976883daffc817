"""From what a person or a machine gives (form text, Excel cells, JSON) to the stored value of one field, and back. Pure.

Stored are JSON values: text, whole numbers, flags; decimals as text; days as ``2026-03-12``; moments in UTC.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kuangan.base.clock import BEIJING
from kuangan.law.ledger import LedgerField

LONGEST: Final = {"text": 300, "person": 40, "phone": 20, "longtext": 8000, "lines": 8000}
MOST_DIGITS: Final = 15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(\d{1,2})\s*[:：时]\s*(\d{1,2})\s*(?:[:：分]\s*(\d{1,2}))?.*")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}")
_FLAGS: Final = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "是": True,
    "√": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
    "否": False,
    "×": False,
}


class Wrong(Exception):
    """A value that a field can't take; the text says what is wrong and what to enter."""


def is_empty(given: Any) -> bool:
    """Whether nothing was given: no value, blank text, an empty list."""
    return given is None or (isinstance(given, str) and not given.strip()) or given in ([], ())


def stored(field: LedgerField, given: Any) -> Any:
    """The stored form of a value that isn't empty. Raises :class:`Wrong`; references are not its business."""
    return _READERS[field.kind](field, given)


def typed(field: LedgerField, value: Any) -> Any:
    """A stored value as rules take it: Decimal, date, aware datetime; all else as it is."""
    reader = _TYPED.get(field.kind)
    return reader(value) if reader else value


def plain_text(given: Any) -> str:
    """A cell as text: whole floats of spreadsheets without ``.0``, no control characters, no outer blanks."""
    if isinstance(given, bool):
        return "是" if given else "否"
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, datetime | date):
        return given.isoformat()
    if isinstance(given, list | tuple):
        return "\n".join(plain_text(one) for one in given)
    if isinstance(given, Mapping):
        raise Wrong("应为文字，请填写一段文字")
    return _CONTROL.sub("", str(given)).replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(field: LedgerField, given: Any) -> str:
    text = " ".join(plain_text(given).split())
    return _short(field, text)


def _longtext(field: LedgerField, given: Any) -> str:
    return _short(field, plain_text(given))


def _lines(field: LedgerField, given: Any) -> str:
    lines = [line.strip() for line in plain_text(given).split("\n")]
    return _short(field, "\n".join(line for line in lines if line))


def _short(field: LedgerField, text: str) -> str:
    longest = LONGEST[field.kind]
    if len(text) > longest:
        raise Wrong(f"共 {len(text)} 字，最多 {longest} 字，请精简")
    return text


def _phone(field: LedgerField, given: Any) -> str:
    text = plain_text(given)
    if not _PHONE.fullmatch(text):
        raise Wrong("不是有效的电话号码，请填写手机号或带区号的固定电话")
    return text


def _choice(field: LedgerField, given: Any) -> str:
    text = plain_text(given)
    for key, label in field.choices:
        if text in (key, label):
            return key
    raise Wrong(f"“{text}”不在可选项内，请从以下各项中选择：{'、'.join(label for _, label in field.choices)}")


def _flag(field: LedgerField, given: Any) -> bool:
    found = _FLAGS.get(plain_text(given).lower())
    if found is None:
        raise Wrong("请填写“是”或“否”")
    return found


def _date(field: LedgerField, given: Any) -> str:
    return _day(given).isoformat()


def _day(given: Any) -> date:
    if isinstance(given, datetime):
        return given.astimezone(BEIJING).date() if given.tzinfo else given.date()
    if isinstance(given, date):
        return given
    text = plain_text(given)
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _DAY.match(text)
    if not found or text[found.end() :].strip().strip("T0:： "):
        raise Wrong("不是有效的日期，请按“年-月-日”填写，例如 2026-03-12")
    return _checked_day(found)


def _checked_day(found: re.Match[str]) -> date:
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        raise Wrong(f"没有{found.group(0)}这一天，请核对日期") from None
    if not 1950 <= day.year <= 2100:
        raise Wrong(f"年份{day.year}不合常理，请核对日期")
    return day


def _moment(field: LedgerField, given: Any) -> str:
    return _aware(given).astimezone(UTC).isoformat()


def _aware(given: Any) -> datetime:
    """A moment without a zone is Beijing's."""
    moment: datetime = given if isinstance(given, datetime) else _parsed_moment(plain_text(given))
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _parsed_moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        found = _DAY.match(text)
    clock = _TIME.fullmatch(text[found.end() :].strip()) if found else None
    if not found or not clock:
        raise Wrong("不是有效的时间，请按“年-月-日 时:分”填写，例如 2026-03-12 08:30")
    day = _checked_day(found)
    hour, minute, second = (int(part or 0) for part in clock.groups())
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BEIJING)
    except ValueError:
        raise Wrong(f"没有{text}这一时刻，请核对时间") from None


def _number(field: LedgerField, given: Any) -> int:
    number = _decimal_of(given)
    if number != number.to_integral_value():
        raise Wrong("应为整数，请去掉小数")
    _within(field, number)
    return int(number)


def _decimal(field: LedgerField, given: Any) -> str:
    number = _decimal_of(given)
    text = f"{number:f}"
    places = len(text.partition(".")[2].rstrip("0"))
    if places > field.decimals:
        raise Wrong(f"最多 {field.decimals} 位小数，请四舍五入后填写")
    _within(field, number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal_of(given: Any) -> Decimal:
    """Floats of spreadsheets lose the noise behind their 12th digit."""
    text = f"{given:.12g}" if isinstance(given, float) else plain_text(given).replace(",", "").replace("，", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Wrong(f"“{text}”不是数字，请只填写数字") from None
    if not number.is_finite() or number.adjusted() >= MOST_DIGITS:
        raise Wrong("数字过大或不是有效数字，请核对")
    return number


def _within(field: LedgerField, number: Decimal) -> None:
    if field.low is not None and number < field.low:
        raise Wrong(f"不得小于 {field.low}{field.suffix}")
    if field.high is not None and number > field.high:
        raise Wrong(f"不得大于 {field.high}{field.suffix}")


_READERS: Final[dict[str, Callable[[LedgerField, Any], Any]]] = {
    "text": _text,
    "person": _text,
    "longtext": _longtext,
    "lines": _lines,
    "phone": _phone,
    "choice": _choice,
    "flag": _flag,
    "date": _date,
    "moment": _moment,
    "number": _number,
    "decimal": _decimal,
}
_TYPED: Final[dict[str, Callable[[Any], Any]]] = {
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "decimal": Decimal,
}
