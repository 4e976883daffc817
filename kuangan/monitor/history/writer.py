"""Buffering readings and writing them as parts of a few minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from kuangan.monitor.history.layout import day_folder, write
from kuangan.monitor.history.rows import Rows, joined, sorted_unique, to_table
from kuangan.monitor.times import BEIJING_OFFSET, beijing_day

DICTIONARY: Final = ["point", "decimals", "status", "flags"]
_DAY: Final = 86_400


@dataclass(slots=True)
class _Buffer:
    codes: Sequence[str]
    first_seq: int
    last_seq: int
    parts: list[Rows] = field(default_factory=list)


class HistoryWriter:
    """Buffers of all mines; `flush` turns a mine's buffer into parts. Not for several threads on one mine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._buffers: dict[str, _Buffer] = {}

    def add(self, mine: str, seq: int, codes: Sequence[str], rows: Rows) -> None:
        """Keep the readings of journal frame `seq`; `codes` are the registry's, by point index."""
        buffer = self._buffers.get(mine)
        if buffer is None:
            buffer = self._buffers[mine] = _Buffer(codes, seq, seq)
        buffer.codes, buffer.last_seq = codes, max(buffer.last_seq, seq)
        buffer.first_seq = min(buffer.first_seq, seq)
        buffer.parts.append(rows)

    def mines(self) -> list[str]:
        """Mines with readings not yet in a part."""
        return list(self._buffers)

    def lowest_seq(self) -> int | None:
        """The oldest journal frame whose readings are only in memory; a restart must replay from there."""
        return min((buffer.first_seq for buffer in list(self._buffers.values())), default=None)

    def flush(self, mine: str) -> list[Path]:
        """Write the mine's buffer, one part a day touched. Writing the same frames again gives the same names."""
        buffer = self._buffers.get(mine)
        if buffer is None:
            return []
        rows = sorted_unique(joined(buffer.parts))
        day = (rows.time + BEIJING_OFFSET) // _DAY
        written = []
        for number in np.unique(day).tolist():
            folder = day_folder(self.root, mine, beijing_day(number * _DAY - BEIJING_OFFSET))
            path = folder / f"part-{buffer.first_seq:020d}-{buffer.last_seq:020d}.parquet"
            write(to_table(rows.take(day == number), buffer.codes), path, DICTIONARY)
            written.append(path)
        del self._buffers[mine]
        return written
