"""Once a day: one file of readings a mine and day, and the day's summary of each point."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import COUNTED, REACHED
from kuangan.monitor.history.layout import SUMMARY, day_folder, reading_files, sequence_range, write
from kuangan.monitor.history.rows import Rows, from_table, sorted_unique, to_table
from kuangan.monitor.history.writer import DICTIONARY
from kuangan.monitor.times import day_start

HOLD: Final = 120
"""Seconds a reading stands for at most until the next one; beyond it the point was silent."""

_DAY: Final = 86_400


def read_files(paths: list[Path]) -> tuple[Rows, list[str]]:
    """All readings of some files, sorted, without repetitions."""
    tables = [pq.read_table(path) for path in paths]
    wide = [table.set_column(2, "value", table["value"].cast(pa.int64())) for table in tables]
    rows, codes = from_table(pa.concat_tables(_plain_points(table) for table in wide))
    return sorted_unique(_by_code(rows, codes)), sorted(codes)


def compact(root: Path, mine: str, day: date) -> Path | None:
    """Merge a day's files into one and write its summary; safe to interrupt and to repeat. None: no readings."""
    folder = day_folder(root, mine, day)
    paths = reading_files(folder)
    if not paths:
        return None
    rows, codes = read_files(paths)
    ranges = [sequence_range(path) for path in paths]
    first, last = min(low for low, _ in ranges), max(high for _, high in ranges)
    whole = folder / f"day-{first:020d}-{last:020d}.parquet"
    if paths != [whole]:
        write(to_table(rows, codes), whole, DICTIONARY)
        for path in paths:
            if path != whole:
                path.unlink()
    write(_summary(rows, codes, day), folder / SUMMARY, ["point"])
    return whole


def _plain_points(table: pa.Table) -> pa.Table:
    return table.set_column(0, "point", table["point"].cast(pa.string()))


def _by_code(rows: Rows, codes: list[str]) -> Rows:
    """Number the points in the order of their codes."""
    rank = np.empty(len(codes), np.int32)
    rank[np.array(sorted(range(len(codes)), key=codes.__getitem__), np.int64)] = np.arange(len(codes), dtype=np.int32)
    return Rows(rank[rows.point], rows.time, rows.value, rows.decimals, rows.status, rows.flags)


def _summary(rows: Rows, codes: list[str], day: date) -> pa.Table:
    """Per point: readings, seconds over, seconds excluded, lowest, highest and mean counted value (micro-units)."""
    starts = np.flatnonzero(np.concatenate(([True], rows.point[1:] != rows.point[:-1])))
    counted = (rows.flags & COUNTED) != 0
    over = counted & ((rows.flags & REACHED) != 0)
    held = _held(rows, day_start(day) + _DAY)
    n_counted = np.add.reduceat(counted.astype(np.int64), starts)
    # a float sum: totals of large counters would not fit into int64
    mean = np.add.reduceat(np.where(counted, rows.value, 0).astype(np.float64), starts) / np.maximum(n_counted, 1)
    none = n_counted == 0
    return pa.table(
        {
            "point": pa.array([codes[index] for index in rows.point[starts].tolist()]),
            "n": pa.array(np.diff(np.append(starts, len(rows))).astype(np.int32)),
            "over_seconds": pa.array(np.add.reduceat(np.where(over, held, 0), starts).astype(np.int32)),
            "excluded_seconds": pa.array(np.add.reduceat(np.where(counted, 0, held), starts).astype(np.int32)),
            "min": pa.array(np.minimum.reduceat(np.where(counted, rows.value, -(NO_VALUE + 1)), starts), mask=none),
            "max": pa.array(np.maximum.reduceat(np.where(counted, rows.value, NO_VALUE), starts), mask=none),
            "mean": pa.array(np.rint(mean).astype(np.int64), mask=none),
        }
    )


def _held(rows: Rows, day_end: int) -> npt.NDArray[np.int64]:
    """Seconds each reading stands for: until the point's next one, HOLD at most, never into the next day."""
    following = np.append(rows.time[1:], day_end)
    last = np.append(rows.point[1:] != rows.point[:-1], True)
    until = np.where(last, day_end, following)
    return np.minimum(until - rows.time, HOLD)
