"""CDSS at millions of readings a second: compiled for what a mine normally sends, the reference parser for the rest.

On every byte string the result, the errors and the registry are those of feeds.cdss.parse_cdss (property-tested).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kuangan.monitor.feeds import cdss_kernel as kernel
from kuangan.monitor.feeds.cdss import CdssRecord, changed_texts, parse_cdss, read_row
from kuangan.monitor.feeds.errors import BadRecord, FeedError, RecordError
from kuangan.monitor.feeds.layouts import layouts
from kuangan.monitor.feeds.reader import bad_record, read_header, refuse_if_mostly_bad
from kuangan.monitor.feeds.records import Header, Snapshot
from kuangan.monitor.feeds.registry import PointRegistry, PointText
from kuangan.monitor.feeds.segments import END, MAX_BYTES, check_family
from kuangan.monitor.feeds.slots import MAX_SLOTS, Slots

_SHORT_RECORD: Final = 40
"""Bytes of a well-formed record at least; files of shorter ones only cost a second pass."""


class _Columns:
    """What the kernel fills in, one element a record."""

    def __init__(self, room: int) -> None:
        self.slot = np.empty(room, np.int32)
        self.value = np.empty(room, np.int64)
        self.decimals = np.empty(room, np.uint8)
        self.status = np.empty(room, np.int32)
        self.time = np.empty(room, np.int64)
        self.record_at = np.empty(room + 1, np.int64)


@dataclass(slots=True)
class _Careful:
    """The odd records of a file, read by the reference parser."""

    records: dict[int, CdssRecord]
    raw: dict[int, bytes]
    bad: dict[int, BadRecord]


class FastCdss:
    """Parser of one mine: remembers how the mine describes its points."""

    def __init__(self, registry: PointRegistry) -> None:
        self.registry = registry
        self._slots = Slots()
        self._current = np.empty(0, np.int32)
        """By point: the slot whose description the registry holds, ODD when not known."""

    def parse(self, data: bytes, mine_codes: Collection[str] | None = None) -> Snapshot:
        """Same contract as parse_cdss."""
        opened = _open(data, mine_codes)
        if opened is None:
            return self._all_carefully(data, mine_codes)
        header, start, stop = opened
        columns, count = self._read_plain(data, start, stop)
        odd = np.flatnonzero(columns.slot[:count] == kernel.ODD).tolist()
        if not odd:
            return self._snapshot(header, columns, count, self._follow(columns.slot[:count]))
        careful = self._read_odd(data, stop, columns, odd)
        if careful is None:
            return self._all_carefully(data, mine_codes)
        return self._with_odd(header, columns, count, careful)

    def _read_plain(self, data: bytes, start: int, stop: int) -> tuple[_Columns, int]:
        """One pass of the kernel over the records: columns with odd ones marked, and the number of records."""
        slots = self._slots
        room = (stop - start) // _SHORT_RECORD + 1
        while True:
            columns = _Columns(room)
            count = kernel.parse_records(
                np.frombuffer(data, np.uint8), start, stop,
                slots.fronts, slots.front_at, slots.backs, slots.back_at, slots.table,
                columns.slot, columns.value, columns.decimals, columns.status, columns.time, columns.record_at,
            )  # fmt: skip
            if count != kernel.NO_ROOM:
                return columns, count
            room = data.count(b"~", start, stop) + 1

    def _all_carefully(self, data: bytes, mine_codes: Collection[str] | None) -> Snapshot:
        snapshot = parse_cdss(data, self.registry, mine_codes)
        self._forget_current()
        return snapshot

    def _forget_current(self) -> None:
        self._current = np.full(len(self.registry), kernel.ODD, np.int32)

    def _follow(self, slot: npt.NDArray[np.int32]) -> tuple[PointText, ...]:
        """Bring the registry to the descriptions of these slots, in file order; what changed."""
        point = self._slots.point[slot]
        if bool((self._current[point] == slot).all()):
            return ()
        before = list(self.registry.texts)
        for index, number in zip(point.tolist(), slot.tolist(), strict=True):
            self.registry.describe(*self._slots.described[number])
            self._current[index] = number
        return changed_texts(before, self.registry)

    def _read_odd(self, data: bytes, stop: int, columns: _Columns, odd: Sequence[int]) -> _Careful | None:
        """The odd records; None when one is not UTF-8, for then the whole file is to be decoded differently."""
        careful = _Careful({}, {}, {})
        fresh: set[str] = set()
        for place in odd:
            start = int(columns.record_at[place])
            end = data.find(b"~", start, stop)
            raw = data[start : end if end >= 0 else stop]
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                return None
            try:
                read = read_row(text)
                self.registry.require_room(read.code, fresh)
                careful.records[place], careful.raw[place] = read, raw
            except RecordError as error:
                careful.bad[place] = bad_record(place + 1, error, text)
        return careful

    def _with_odd(self, header: Header, columns: _Columns, count: int, careful: _Careful) -> Snapshot:
        bad = list(careful.bad.values())
        refuse_if_mostly_bad(bad, count, layouts()["CDSS"])
        for place, read in careful.records.items():
            columns.value[place], columns.decimals[place] = read.value, read.decimals
            columns.status[place], columns.time[place] = read.status, read.time
            columns.slot[place] = self._slots.find(careful.raw[place])
        kept = np.ones(count, np.bool_)
        kept[list(careful.bad)] = False
        slot = columns.slot[:count][kept]
        if bool((slot >= 0).all()):
            described, point = self._follow(slot), self._slots.point[slot]
        else:
            described, point = self._learn(columns.slot[:count].tolist(), careful)
        texts = {
            place - sum(b < place for b in careful.bad): read.text
            for place, read in careful.records.items()
            if read.text is not None
        }
        return Snapshot(
            header, point, columns.value[:count][kept], columns.decimals[:count][kept], columns.status[:count][kept],
            columns.time[:count][kept], texts, described, tuple(bad), (), count,
        )  # fmt: skip

    def _learn(self, slots: Sequence[int], careful: _Careful) -> tuple[tuple[PointText, ...], npt.NDArray[np.int32]]:
        """Descriptions never seen before: registry and slots learn them; what changed, and the points of all rows."""
        before = list(self.registry.texts)
        points: dict[int, int] = {}
        for place, slot in enumerate(slots):
            read = careful.records.get(place)
            if read is not None:
                points[place] = self.registry.describe(read.code, read.type_name, read.place, read.unit)
            elif slot != kernel.ODD:
                points[place] = self.registry.describe(*self._slots.described[slot])
        if len(self._slots) > MAX_SLOTS:
            self._slots = Slots()
        for place, raw in careful.raw.items():
            self._slots.learn(raw, careful.records[place], points[place])
        self._slots.pack()
        self._forget_current()
        return changed_texts(before, self.registry), np.array(list(points.values()), np.int32)

    def _snapshot(self, header: Header, columns: _Columns, count: int, described: tuple[PointText, ...]) -> Snapshot:
        return Snapshot(
            header, self._slots.point[columns.slot[:count]], columns.value[:count], columns.decimals[:count],
            columns.status[:count], columns.time[:count], described=described, records=count,
        )  # fmt: skip


def _open(data: bytes, mine_codes: Collection[str] | None) -> tuple[Header, int, int] | None:
    """Header and the range of the records; None when anything but the records needs care (then nothing is judged)."""
    if len(data) > MAX_BYTES or not data[:1].isalnum() or b"\n" in data or b"\r" in data:
        return None
    trimmed = data.rstrip(b" \t\x00")
    if not trimmed.endswith(END):
        return None
    stop = len(trimmed) - len(END)
    end = trimmed.find(b"~", 0, stop)
    end = stop if end < 0 else end
    try:
        check_family(trimmed)
        return read_header(data[:end].decode(), layouts()["CDSS"].header, mine_codes), end, stop
    except (FeedError, UnicodeDecodeError):
        return None
