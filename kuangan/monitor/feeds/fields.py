"""One field of a record: text → value, for each kind a layout may name."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from kuangan.monitor.feeds.errors import RecordError
from kuangan.monitor.fixed import DECIMALS, MAX_INTEGER_DIGITS, NO_VALUE, to_units
from kuangan.monitor.times import parse_beijing

STATUS_UNKNOWN: Final = 1 << 30
"""The status text is no number: the reading is judged and marked uncertain."""

PLACEHOLDERS: Final = frozenset({"", "null", "NULL", "X", "x", "未设置", "xxxx-xx-xx xx:xx:xx", "--", "-"})
ABNORMAL: Final = Decimal(-9999)
_UNSET_LIMIT: Final = Decimal("-0.01")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_STATUS: Final = re.compile(r"\d{1,9}", re.ASCII)
Reading = tuple[int, int, str | None]
Field = str | Decimal | int | Reading | None


def code(text: str) -> str:
    """A code that identifies something; never empty."""
    if text.strip() in PLACEHOLDERS:
        raise RecordError("编码为空")
    return text.strip()


def plain(text: str) -> str:
    """Free text; the placeholders writers use for nothing become empty."""
    return "" if text.strip() in PLACEHOLDERS else text.strip()


def number(text: str) -> Decimal | None:
    """A set-point, range or statistic; -9999 and -0.01 mean that it is not set."""
    found = _decimal(text)
    if found is None and text.strip() not in PLACEHOLDERS:
        raise RecordError(f"“{text.strip()[:20]}”不是数字")
    return None if found in (ABNORMAL, _UNSET_LIMIT) else found


def reading(text: str) -> Reading:
    """(micro-units or NO_VALUE, printed decimals 0–6, the text when it is no number and no placeholder)."""
    found = _decimal(text)
    if found is None:
        kept = text.strip()
        return NO_VALUE, 0, None if kept in PLACEHOLDERS else kept
    if found == ABNORMAL:
        return NO_VALUE, 0, None
    if abs(found) >= 10**MAX_INTEGER_DIGITS:
        return NO_VALUE, 0, text.strip()
    printed = max(0, -int(found.as_tuple().exponent))
    return to_units(found), min(printed, DECIMALS), None


def status(text: str) -> int:
    """The bit mask of the point; STATUS_UNKNOWN when it is no number of at most nine digits."""
    return int(text.strip()) if _STATUS.fullmatch(text.strip()) else STATUS_UNKNOWN


def moment(text: str) -> int:
    """Beijing time → seconds."""
    try:
        return parse_beijing(text.strip())
    except ValueError:
        raise RecordError(f"时间“{text.strip()[:20]}”不是 yyyy-MM-dd HH:mm:ss") from None


def moment_or_none(text: str) -> int | None:
    """A moment that may be missing."""
    return None if text.strip() in PLACEHOLDERS else moment(text)


def _decimal(text: str) -> Decimal | None:
    stripped = text.strip()
    return Decimal(stripped) if len(stripped) <= 40 and _NUMBER.fullmatch(stripped) else None


CONVERT: Final[dict[str, Callable[[str], Field]]] = {
    "code": code,
    "text": plain,
    "number": number,
    "reading": reading,
    "status": status,
    "moment": moment,
    "moment_or_none": moment_or_none,
}
