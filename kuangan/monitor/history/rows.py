"""Readings as columns, on their way into Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kuangan.monitor.fixed import DECIMALS, NO_VALUE

_INT32: Final = np.iinfo(np.int32)
_RADIX: Final = 1 << 16
"""Below it numpy sorts whole numbers by radix, many times faster."""

_STEP: Final = np.array([10 ** (DECIMALS - decimals) for decimals in range(DECIMALS + 1)], np.int64)


@dataclass(frozen=True, slots=True)
class Readings:
    """Columns of equal length.

    point int32 (registry index), time int64, value int64 micro-units or NO_VALUE, decimals uint8, status int32,
    flags uint8 (fold.types).
    """

    point: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    decimals: npt.NDArray[np.uint8]
    status: npt.NDArray[np.int32]
    flags: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.point)

    def take(self, positions: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Readings:
        """Some of the rows, by position or mask."""
        return Readings(*(getattr(self, name)[positions] for name in self.__slots__))


def joined(parts: Sequence[Readings]) -> Readings:
    """All parts (at least one) one after the other."""
    return Readings(*(np.concatenate([getattr(part, name) for part in parts]) for name in Readings.__slots__))


def no_rows() -> Readings:
    return Readings(
        np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64),
        np.empty(0, np.uint8), np.empty(0, np.int32), np.empty(0, np.uint8),
    )  # fmt: skip


def sorted_unique(readings: Readings) -> Readings:
    """Sorted by point and time, exact repetitions dropped."""
    ordered = _sorted_quickly(readings)
    if ordered is not None:
        return ordered
    ordered = readings.take(np.lexsort((readings.status, readings.value, readings.time, readings.point)))
    same = np.ones(len(ordered) - 1, np.bool_)
    for column in (ordered.point, ordered.time, ordered.value, ordered.status):
        same &= column[1:] == column[:-1]
    return ordered.take(np.concatenate(([True], ~same))) if bool(same.any()) else ordered


def _sorted_quickly(readings: Readings) -> Readings | None:
    """The usual case: files came in order, nothing twice, so grouping by point is enough. None: it is not so."""
    narrow = readings.point.astype(np.uint16) if len(readings) and readings.point.max() < _RADIX else readings.point
    ordered = readings.take(np.argsort(narrow, kind="stable"))
    follows = (ordered.point[1:] > ordered.point[:-1]) | (ordered.time[1:] > ordered.time[:-1])
    return ordered if bool(follows.all()) else None


def native_decimals(readings: Readings) -> npt.NDArray[np.uint8]:
    """For each row the most decimals its point printed among these rows: the point's native step."""
    most = np.zeros(int(readings.point.max()) + 1 if len(readings) else 0, np.uint8)
    np.maximum.at(most, readings.point, readings.decimals)
    return most[readings.point]


def to_table(readings: Readings, codes: Sequence[str]) -> pa.Table:
    """Sorted rows as stored: value in the point's native step, int32 where it fits. No value = null."""
    decimals = native_decimals(readings)
    missing = readings.value == NO_VALUE
    step = readings.value // _STEP[decimals]
    # a null is stored as nothing; the value under it must not spoil the narrow type
    step[missing] = 0
    fits = not len(step) or (step.min() >= _INT32.min and step.max() <= _INT32.max)
    used, position = np.unique(readings.point, return_inverse=True)
    point = pa.DictionaryArray.from_arrays(
        pa.array(position.astype(np.int32)), [codes[index] for index in used.tolist()]
    )
    return pa.table(
        {
            "point": point,
            "time": pa.array(readings.time),
            "value": pa.array(step.astype(np.int32) if fits else step, mask=missing),
            "decimals": pa.array(decimals),
            "status": pa.array(readings.status),
            "flags": pa.array(readings.flags),
        }
    )


def from_table(table: pa.Table) -> tuple[Readings, list[str]]:
    """Rows and the codes their point numbers stand for."""
    point = table["point"].combine_chunks().dictionary_encode()
    if isinstance(point, pa.ChunkedArray):
        point = point.combine_chunks()
    decimals = table["decimals"].to_numpy().astype(np.uint8)
    filled = table["value"].cast(pa.int64()).fill_null(0).to_numpy()
    value = filled * _STEP[decimals]
    value[table["value"].is_null().to_numpy()] = NO_VALUE
    return Readings(
        point=point.indices.to_numpy().astype(np.int32),
        time=table["time"].to_numpy(),
        value=value,
        decimals=decimals,
        status=table["status"].to_numpy(),
        flags=table["flags"].to_numpy().astype(np.uint8),
    ), point.dictionary.to_pylist()
