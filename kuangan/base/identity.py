"""Numbers of citizens' identity cards (GB 11643-1999): 17 digits and a check character by ISO 7064 MOD 11-2."""

import re
import unicodedata
from datetime import date
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_SHAPE: Final = re.compile(r"\d{17}[\dX]", re.ASCII)
_FIRST_YEAR: Final = 1900
_SHOWN_FIRST, _SHOWN_LAST = 3, 2


class NoIdentityNumber(ValueError):
    """Not the number of a card; the message is Chinese and says what is wrong."""


def identity_number(text: str, on: date) -> str:
    """The number as it is kept, from whatever width and case it was typed in. Raises :class:`NoIdentityNumber`. ``on``: the day, after which nobody is born."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    if not _SHAPE.fullmatch(number):
        raise NoIdentityNumber(f"公民身份号码为18位，前17位为数字、末位为数字或X，现为{len(number)}位，请核对。")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise NoIdentityNumber("公民身份号码第7至14位不是有效的出生日期，请核对。") from None
    if born.year < _FIRST_YEAR or born > on:
        raise NoIdentityNumber("公民身份号码中的出生日期不合理，请核对。")
    if number[17] != check_character(number[:17]):
        raise NoIdentityNumber("公民身份号码的校验位不符，请逐位核对。")
    return number


def check_character(digits: str) -> str:
    """What the eighteenth place is for the first seventeen."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11]


def masked_identity(number: str) -> str:
    """As others see it: the first three and the last two characters."""
    hidden = len(number) - _SHOWN_FIRST - _SHOWN_LAST
    return f"{number[:_SHOWN_FIRST]}{'*' * hidden}{number[-_SHOWN_LAST:]}" if hidden > 0 else "*" * len(number)
