"""Moments of the feeds: Beijing text on the wire, seconds since 1970 UTC inside."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

BEIJING_OFFSET: Final = 8 * 3600
"""China has used one offset without summer time since 1992; feeds carry no older data."""

_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)
_TEXT: Final = re.compile(r"(2[01]\d\d)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)


def parse_beijing(text: str) -> int:
    """`yyyy-MM-dd HH:mm:ss` (years 2000–2199) → seconds. Raises ValueError on anything else."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = map(int, match.groups())
    return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()) - BEIJING_OFFSET


def beijing_text(at: int) -> str:
    """The moment as feeds print it."""
    return datetime.fromtimestamp(at + BEIJING_OFFSET, UTC).strftime("%Y-%m-%d %H:%M:%S")


def beijing_day(at: int) -> date:
    """Civil day in China of the moment."""
    return _EPOCH + timedelta(days=(at + BEIJING_OFFSET) // _DAY)


def day_start(day: date) -> int:
    """First second of the civil day in China."""
    return (day - _EPOCH).days * _DAY - BEIJING_OFFSET
