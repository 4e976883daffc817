"""How one mine describes its points, as byte arrays for the compiled CDSS parser."""

from __future__ import annotations

from typing import Final

import numpy as np

from kuangan.monitor.feeds import cdss_kernel as kernel
from kuangan.monitor.feeds.cdss import CdssRecord

MAX_SLOTS: Final = 20_000
"""More descriptions than this and the earlier ones are forgotten: only speed is lost."""

_FIELDS: Final = 7
Described = tuple[str, str, str, str]
"""code, type name, place, unit"""


class Slots:
    """Descriptions in the order they were first seen. Parallel lists; `pack` turns them into the kernel's arrays."""

    def __init__(self) -> None:
        self._by_front: dict[bytes, int] = {}
        self._fronts: list[bytes] = []
        self._backs: list[bytes] = []
        self._points: list[int] = []
        self.described: list[Described] = []
        self.pack()

    def find(self, record: bytes) -> int:
        """Slot of a record's description, or ODD."""
        cut = cut_record(record)
        if cut is None:
            return kernel.ODD
        slot = self._by_front.get(cut[0], kernel.ODD)
        return slot if slot != kernel.ODD and self._backs[slot] == cut[1] else kernel.ODD

    def learn(self, record: bytes, described_by: CdssRecord, point: int) -> None:
        """Remember how a good record describes its point; a new unit replaces the one known for the same front."""
        cut = cut_record(record)
        if cut is None:
            return
        front, back = cut
        described = (described_by.code, described_by.type_name, described_by.place, described_by.unit)
        slot = self._by_front.setdefault(front, len(self._fronts))
        if slot == len(self._fronts):
            self._fronts.append(front)
            self._backs.append(back)
            self._points.append(point)
            self.described.append(described)
        else:
            self._backs[slot], self.described[slot] = back, described

    def pack(self) -> None:
        """Rebuild the arrays after learning."""
        self.fronts, self.front_at = _joined(self._fronts)
        self.backs, self.back_at = _joined(self._backs)
        self.point = np.array(self._points, np.int32)
        size = 16
        while size < 2 * len(self._fronts):
            size *= 2
        self.table = np.full(size, -1, np.int32)
        kernel.fill_table(self.fronts, self.front_at, self.table)

    def __len__(self) -> int:
        return len(self._fronts)


def cut_record(record: bytes) -> tuple[bytes, bytes] | None:
    """(`code;type;place;`, `;unit;`) of a record with exactly seven fields."""
    fields = record.split(b";")
    if len(fields) != _FIELDS:
        return None
    return b";".join(fields[:3]) + b";", b";" + fields[4] + b";"


def _joined(parts: list[bytes]) -> tuple[kernel.Bytes, kernel.Int64]:
    edges = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=edges[1:])
    return np.frombuffer(b"".join(parts), np.uint8), edges
