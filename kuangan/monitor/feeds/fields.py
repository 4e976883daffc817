"""One field of a record: text → value, for each kind a layout may name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from kuangan.monitor.feeds.errors import RecordError
from kuangan.monitor.fixed import DECIMALS, LARGEST_UNITS, NO_VALUE, to_units
from kuangan.monitor.times import parse_beijing

STATUS_UNKNOWN: Final = 1 << 30
"""The status text is no number: the reading is judged and marked uncertain."""

PLACEHOLDERS: Final = frozenset({"", "null", "NULL", "X", "x", "未设置", "xxxx-xx-xx xx:xx:xx", "--", "-"})
ABNORMAL: Final = Decimal(-9999)
_UNSET_LIMIT: Final = Decimal("-0.01")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_STATUS: Final = re.compile(r"\d{1,9}", re.ASCII)
LONGEST_CODE: Final = 80
"""Characters of a point's code; the column of the point holds no more."""
CUT: Final = "\ufffd"
"""Stands where a character lost some of its bytes."""
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．＋－％", "0123456789.+-%")
_PER_CENT: Final = re.compile(r"(?P<number>[^%\s][^%]*?)\s*%\s*(CH4)?", re.ASCII | re.IGNORECASE)
_PER_CENT_UNITS: Final = frozenset({"", "%", "%CH4"})
Reading = tuple[int, int, str | None]
Field = str | Decimal | int | Reading | None


def code(text: str) -> str:
    """A code that identifies something: never empty, never cut, and as long as its column at most."""
    stripped = text.strip()
    if stripped in PLACEHOLDERS:
        raise RecordError("编码为空")
    if len(stripped) > LONGEST_CODE:
        raise RecordError(f"编码“{stripped[:20]}…”超过 {LONGEST_CODE} 个字符")
    if CUT in stripped or not stripped.isprintable():
        raise RecordError("编码中有残缺字符或控制字符")
    return stripped


def coded(width: int) -> Callable[[str], str]:
    """A reader of codes of `width` characters out of a table: 1, 01 and ０１ are the same code, filled with zeros."""

    def read(text: str) -> str:
        translated = plain(text).translate(_FULL_WIDTH)
        if translated.isascii() and translated.isdigit():
            translated = translated.lstrip("0").zfill(width)
        if len(translated) > width or CUT in translated or not translated.isprintable():
            raise RecordError(f"“{translated[:20]}”不是 {width} 位的编码")
        return translated

    return read


def anomaly(text: str) -> str:
    """The kind of a declared alarm; never empty."""
    status_code = coded(3)(text)
    if not status_code:
        raise RecordError("编码为空")
    return status_code


def value_kind(text: str) -> str:
    """数值类型 as the standard writes it."""
    return unicodedata.normalize("NFKC", plain(text)).upper()


def plain(text: str) -> str:
    """Free text; the placeholders writers use for nothing become empty."""
    return "" if text.strip() in PLACEHOLDERS else text.strip()


def number(text: str) -> Decimal | None:
    """A set-point, range or statistic; -9999 and -0.01 mean that it is not set."""
    read = _decimal(text)
    if read is None and text.strip() not in PLACEHOLDERS:
        raise RecordError(f"“{text.strip()[:20]}”不是数字")
    return None if read in (ABNORMAL, _UNSET_LIMIT) else read


def reading(text: str) -> Reading:
    """(micro-units or NO_VALUE, printed decimals 0–6, the text when it is no number and no placeholder)."""
    read = _decimal(text)
    if read is None:
        kept = text.strip()
        return NO_VALUE, 0, None if kept in PLACEHOLDERS else kept
    if read == ABNORMAL:
        return NO_VALUE, 0, None
    units = to_units(read)
    if abs(units) >= LARGEST_UNITS:  # compared as it is kept: rounding may have carried it over
        return NO_VALUE, 0, text.strip()
    printed = max(0, -int(read.as_tuple().exponent))
    return units, min(printed, DECIMALS), None


def plainly(text: str, unit: str) -> str:
    """A value written in full-width figures or with the sign of its own unit, as a plain number; else as it is."""
    narrow = text.translate(_FULL_WIDTH).strip()
    match = _PER_CENT.fullmatch(narrow)
    per_cent = unit.translate(_FULL_WIDTH).upper() in _PER_CENT_UNITS
    return match["number"] if match is not None and per_cent else narrow


def measures(code: str, unit: str) -> bool:
    """Whether a point of this code and unit sends numbers: analog and total points, and whatever is in methane."""
    return code[14:16] in {"MN", "LJ"} or "CH4" in unit.upper() or unit.strip() == "%"


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
    "system": coded(2),
    "sensor_type": coded(4),
    "anomaly": anomaly,
    "value_kind": value_kind,
    "text": plain,
    "number": number,
    "reading": reading,
    "status": status,
    "moment": moment,
    "moment_or_none": moment_or_none,
}
