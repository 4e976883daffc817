"""How much one key may send in a day, and refused files that are sent again and again."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from typing import Final

DAY_BYTES: Final = 8 << 30
"""Bytes a day as sent; 1,000 points every 10 seconds are 1.1 GB, with a week's resending 8 GB."""
DAY_FILES: Final = 100_000
"""Files a day; one every 10 seconds are 8,640 of each type."""
DAY_REFUSED: Final = 2_000
"""Refused files a day that are kept as evidence; more of them say nothing new."""
_REMEMBERED: Final = 256


@dataclass(slots=True)
class _Day:
    size: int = 0
    files: int = 0
    refused: int = 0
    seen: OrderedDict[str, int] = field(default_factory=OrderedDict)


class Quota:
    """Counts of the day by key, in memory; a restart begins anew. For one event loop."""

    def __init__(self) -> None:
        self._today: date | None = None
        self._days: dict[str, _Day] = {}

    def excess(self, key: str, today: date) -> str:
        """What a key has used up, in words; empty: nothing."""
        day = self._of(key, today)
        if day.files >= DAY_FILES:
            return f"该密钥今日上传已满 {DAY_FILES} 个文件"
        if day.size >= DAY_BYTES:
            return f"该密钥今日上传已满 {DAY_BYTES >> 30} GB"
        return ""

    def is_noisy(self, key: str, today: date) -> bool:
        """Whether refused files of a key are no longer kept today."""
        return self._of(key, today).refused >= DAY_REFUSED

    def count(self, key: str, size: int, today: date) -> None:
        day = self._of(key, today)
        day.files += 1
        day.size += size

    def count_refused(self, key: str, digest: str, seq: int, today: date) -> None:
        """A refused file was kept under a number."""
        day = self._of(key, today)
        day.refused += 1
        day.seen[digest] = seq
        if len(day.seen) > _REMEMBERED:
            day.seen.popitem(last=False)

    def kept_as(self, key: str, digest: str, today: date) -> int | None:
        """The number under which the same refused file is kept already."""
        return self._of(key, today).seen.get(digest)

    def _of(self, key: str, today: date) -> _Day:
        if self._today != today:
            self._today, self._days = today, {}
        return self._days.setdefault(key, _Day())
