"""Buffering readings and writing them as parts of a few minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from kuangan.monitor.history.layout import NO_JOURNAL, Part, day_folder, name_of, write
from kuangan.monitor.history.numbers import packed_numbers
from kuangan.monitor.history.rows import Readings, joined, sorted_unique, to_table
from kuangan.monitor.times import BEIJING_OFFSET, beijing_day

DICTIONARY: Final = ("point", "decimals", "status", "flags")
_DAY: Final = 86_400


@dataclass(slots=True)
class _Buffer:
    codes: Sequence[str]
    first_seq: int
    parts: list[Readings] = field(default_factory=list)
    days: list[tuple[int, int, int]] = field(default_factory=list)
    """Number of a file, and the first and last day (since 1970, Beijing) of its readings."""


class HistoryWriter:
    """Buffers of all mines; `flush` turns a mine's buffer into parts. Not for several threads on one mine.

    `journal`: the first digits of the identity of the journal whose numbers the files have.
    """

    def __init__(self, root: Path, journal: str = NO_JOURNAL) -> None:
        self.root = root
        self.journal = journal
        self._buffers: dict[str, _Buffer] = {}

    def add(self, mine: str, seq: int, codes: Sequence[str], readings: Readings) -> None:
        """Keep the readings (one at least) of journal frame `seq`; `codes` are the registry's, by point index."""
        buffer = self._buffers.get(mine)
        if buffer is None:
            buffer = self._buffers[mine] = _Buffer(codes, seq)
        buffer.codes, buffer.first_seq = codes, min(buffer.first_seq, seq)
        buffer.parts.append(readings)
        buffer.days.append((seq, _day_of(int(readings.time.min())), _day_of(int(readings.time.max()))))

    def mines(self) -> list[str]:
        """Mines with readings not yet in a part."""
        return list(self._buffers)

    def lowest_seq(self) -> int | None:
        """The oldest journal frame whose readings are only in memory; a restart must replay from there."""
        return min((buffer.first_seq for buffer in list(self._buffers.values())), default=None)

    def flush(self, mine: str) -> list[Part]:
        """Write the mine's buffer, one part a day touched; after an error the buffer is as before."""
        buffer = self._buffers.get(mine)
        if buffer is None:
            return []
        readings = sorted_unique(joined(buffer.parts))
        day = (readings.time + BEIJING_OFFSET) // _DAY
        written = []
        for number in np.unique(day).tolist():
            files = [seq for seq, first, last in buffer.days if first <= number <= last]
            on = beijing_day(number * _DAY - BEIJING_OFFSET)
            written.append(
                write_part(self.root, mine, on, "part", self.journal, files, readings.take(day == number), buffer.codes)
            )
        del self._buffers[mine]
        return written


def write_part(
    root: Path, mine: str, day: date, kind: str, journal: str, files: Sequence[int], readings: Readings, codes: Sequence[str],
    *, known: bool = True,
) -> Part:  # fmt: skip
    """Write sorted rows of one day that came in these journal files; not `known`: at least in the first and last of them."""
    stem = f"{kind}-{journal}-{min(files):020d}-{max(files):020d}"
    numbers = packed_numbers(files) if known else None
    path, raw = write(to_table(readings, codes), day_folder(root, mine, day), stem, DICTIONARY, numbers)
    name = name_of(path)
    assert name is not None
    return Part(path, mine, day, name, numbers, len(readings), len(raw), hashlib.sha256(raw).hexdigest())


def _day_of(moment: int) -> int:
    return (moment + BEIJING_OFFSET) // _DAY
