"""From what a person or a machine gives (form text, Excel cells, JSON) to the stored value of one field, and back. Pure.

Stored are JSON values: text, whole numbers, flags; decimals as text; days as ``2026-03-12``; moments in UTC.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kuangan.base.text import person_name
from kuangan.core.values.days import day_of, moment_of
from kuangan.core.values.plain import LONGEST, LONGEST_MARK, LONGEST_NAME, Wrong, plain_text, quoted
from kuangan.law.field import Field

MOST_DIGITS: Final = 15
"""Digits before the point of any number."""
MOST_PLACES: Final = 30
"""Places behind the point that are looked at; beyond them a number is none that anybody measured."""
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}")
_NUMBER = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d*)(?:\.\d*)?(?:E[+-]?\d{1,4})?")
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


def stored(field: Field, given: Any) -> Any:
    """The stored form of a value that isn't empty. Raises :class:`Wrong`; references are not its business."""
    return _READERS[field.kind](field, given)


def typed(field: Field, value: Any) -> Any:
    """A stored value as rules take it: Decimal, date, aware datetime, a name without padding; all else as it is."""
    reader = _TYPED.get(field.kind)
    return reader(value) if reader else value


def _text(field: Field, given: Any) -> str:
    text = " ".join(plain_text(given, LONGEST[field.kind]).split())
    return _short(field, text)


def _person(field: Field, given: Any) -> str:
    """A name padded with blanks for the look of a list is the same name."""
    return _short(field, person_name(plain_text(given, LONGEST[field.kind])))


def _longtext(field: Field, given: Any) -> str:
    return _short(field, plain_text(given, LONGEST[field.kind]))


def _lines(field: Field, given: Any) -> str:
    lines = [line.strip() for line in plain_text(given).split("\n")]
    return _short(field, "\n".join(line for line in lines if line))


def _short(field: Field, text: str) -> str:
    longest = LONGEST[field.kind]
    if len(text) > longest:
        raise Wrong(f"共 {len(text)} 字，最多 {longest} 字，请精简")
    return text


def _phone(field: Field, given: Any) -> str:
    text = plain_text(given, LONGEST["phone"])
    if not _PHONE.fullmatch(text):
        raise Wrong("不是有效的电话号码，请填写手机号或带区号的固定电话")
    return text


def _choice(field: Field, given: Any) -> str:
    text = plain_text(given, LONGEST_NAME)
    for key, label in field.choices:
        if text in (key, label):
            return key
    raise Wrong(f"{quoted(text)}不在可选项内，请从以下各项中选择：{'、'.join(label for _, label in field.choices)}")


def _flag(field: Field, given: Any) -> bool:
    flag = _FLAGS.get(plain_text(given, LONGEST_MARK).lower())
    if flag is None:
        raise Wrong("请填写“是”或“否”")
    return flag


def _date(field: Field, given: Any) -> str:
    return day_of(given).isoformat()


def _moment(field: Field, given: Any) -> str:
    return moment_of(given).astimezone(UTC).isoformat()


def _number(field: Field, given: Any) -> int:
    number = _decimal_of(given)
    if number != number.to_integral_value():
        raise Wrong("应为整数，请去掉小数")
    _within(field, number)
    return int(number)


def _decimal(field: Field, given: Any) -> str:
    number = _decimal_of(given)
    text = f"{number:f}"  # as long as its digits and places at most, which are bounded by now
    places = len(text.partition(".")[2].rstrip("0"))
    if places > field.decimals:
        raise Wrong(f"最多 {field.decimals} 位小数，请四舍五入后填写")
    _within(field, number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal_of(given: Any) -> Decimal:
    """Floats of spreadsheets lose the noise behind their 12th digit; commas stand before three digits only.

    Raises :class:`Wrong` before a number is written out that would be longer than anybody could read.
    """
    text = f"{given:.12g}" if isinstance(given, float) else plain_text(given, LONGEST_MARK)
    if len(text) > LONGEST_MARK:
        raise Wrong(f"共 {len(text)} 位，数字最多 {LONGEST_MARK} 位，请核对")
    folded = unicodedata.normalize("NFKC", text).upper()
    try:
        number = Decimal(folded.replace(",", "")) if _NUMBER.fullmatch(folded) else None
    except InvalidOperation:
        number = None
    if number is None:
        comma = "逗号只能用作千位分隔，例如 1,200；小数请用小数点" if "," in folded else "请只填写数字"
        raise Wrong(f"{quoted(text)}不是数字，{comma}")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or number.adjusted() >= MOST_DIGITS:
        raise Wrong("数字过大或不是有效数字，请核对")
    if exponent < -MOST_PLACES:
        raise Wrong("小数位数过多，请四舍五入后填写")
    return number


def _within(field: Field, number: Decimal) -> None:
    if field.low is not None and number < field.low:
        raise Wrong(f"不得小于{field.low}{field.suffix}")
    if field.high is not None and number > field.high:
        raise Wrong(f"不得大于{field.high}{field.suffix}")


_READERS: Final[dict[str, Callable[[Field, Any], Any]]] = {
    "text": _text,
    "person": _person,
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
    "person": person_name,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "decimal": Decimal,
}
