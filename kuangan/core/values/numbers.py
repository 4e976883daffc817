"""Numbers of every kind, from what was given to what is stored. Pure."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kuangan.core.values.plain import LONGEST_MARK, Wrong, plain_text, quoted
from kuangan.law.field import MOST_YUAN, Field

MOST_DIGITS: Final = 15
"""Digits before the point of any number."""
MOST_PLACES: Final = 30
"""Places behind the point that are looked at; beyond them a number is none that anybody measured."""
_NUMBER = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d*)(?:\.\d*)?(?:E[+-]?\d{1,4})?")


def whole(field: Field, given: Any) -> int:
    """A whole number, not below zero unless the field says so."""
    number = decimal_of(given)
    if number != number.to_integral_value():
        raise Wrong("应为整数，请去掉小数")
    _within(field, number)
    return int(number)


def decimal(field: Field, given: Any) -> str:
    """A number with at most the field's places, as text without trailing zeros."""
    text = _written(decimal_of(given), field.decimals)
    _within(field, Decimal(text))
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(field: Field, given: Any) -> str:
    """Yuan and fen, as text with two places."""
    number = Decimal(_written(decimal_of(_without_sign(given)), 2))
    if number < 0:
        raise Wrong("金额不得小于 0 元")
    if number >= MOST_YUAN:
        raise Wrong("金额过大，请核对单位是否为元")
    _within(field, number)
    return f"{number:.2f}"


def reading(field: Field, given: Any) -> str:
    """What a methane sensor showed: 0 to 100, as text with two places."""
    number = Decimal(_written(decimal_of(given), 2))
    if not 0 <= number <= 100:
        raise Wrong("读数应在 0 至 100 之间")
    return f"{number:.2f}"


def decimal_of(given: Any) -> Decimal:
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


def _without_sign(given: Any) -> Any:
    """An amount without the signs of money around it."""
    if not isinstance(given, str):
        return given
    return unicodedata.normalize("NFKC", plain_text(given, LONGEST_MARK)).lstrip("¥ ").removesuffix("元").strip()


def _written(number: Decimal, most: int) -> str:
    text = f"{number:f}"  # as long as its digits and places at most, which are bounded by now
    if len(text.partition(".")[2].rstrip("0")) > most:
        raise Wrong(f"最多 {most} 位小数，请四舍五入后填写")
    return text


def _within(field: Field, number: Decimal) -> None:
    low = Decimal(0) if field.low is None and field.kind == "number" else field.low
    if low is not None and number < low:
        raise Wrong(f"不得小于 {low}{field.suffix}")
    if field.high is not None and number > field.high:
        raise Wrong(f"不得大于 {field.high}{field.suffix}")
