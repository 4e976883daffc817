"""Once a day: one file of readings a mine and day, and the day's summary of each point."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import COUNTED, REACHED
from kuangan.monitor.history.layout import (
    NO_JOURNAL,
    DamagedFile,
    Part,
    content,
    day_folder,
    name_of,
    numbers_of,
    reading_files,
    summary_files,
    table_of,
    write,
)
from kuangan.monitor.history.numbers import unpacked_numbers
from kuangan.monitor.history.rows import Readings, from_table, sorted_unique
from kuangan.monitor.history.writer import write_part
from kuangan.monitor.times import day_start

HOLD: Final = 120
"""Seconds a reading stands for at most until the next one; beyond it the point was silent."""

_DAY: Final = 86_400


Register = Callable[[list[Part], list[Path]], None]
"""Told of the new files and of those they replace, after the first are on disk and before the others are deleted."""


def compact(
    root: Path, mine: str, day: date, *, unnamed: str = NO_JOURNAL, register: Register | None = None
) -> list[Part]:
    """Merge a day's files into one a journal and write its summary; safe to interrupt and to repeat.

    `unnamed`: the journal of files that name none. Returns what was written anew; raises DamagedFile.
    """
    folder = day_folder(root, mine, day)
    paths = reading_files(folder)
    if not paths:
        return []
    tables = {path: _read(path) for path in paths}
    written, replaced = [], []
    for journal, group in _by_journal(paths, unnamed).items():
        if len(group) > 1 or not _is_compacted(group[0]):
            readings, codes = _merged([tables[path][0] for path in group])
            written.append(_write_day(root, mine, day, journal, readings, codes, group, [tables[p][1] for p in group]))
            replaced += group
    replaced = [path for path in replaced if path not in {part.path for part in written}]
    if register is not None and written:
        register(written, replaced)
    for path in replaced:
        path.unlink()
    if written or not _has_summary(folder):
        _write_summary(folder, *_merged([table for table, _ in tables.values()]), day)
    return written


def _write_day(
    root: Path, mine: str, day: date, journal: str, readings: Readings, codes: list[str],
    paths: list[Path], numbers: list[bytes | None],
) -> Part:  # fmt: skip
    known = [unpacked_numbers(held_numbers) for held_numbers in numbers if held_numbers is not None]
    names = [name for path in paths if (name := name_of(path)) is not None]
    ends = [seq for name in names for seq in (name.first_seq, name.last_seq)]
    files = np.unique(np.concatenate([*known, np.array(ends, np.int64)])).tolist()
    whole = all(given is not None for given in numbers)
    return write_part(root, mine, day, "day", journal, files, readings, codes, known=whole)


def _read(path: Path) -> tuple[pa.Table, bytes | None]:
    raw = content(path)
    return table_of(path, raw), numbers_of(raw)


def _by_journal(paths: list[Path], unnamed: str) -> dict[str, list[Path]]:
    groups: dict[str, list[Path]] = {}
    for path in paths:
        name = name_of(path)
        groups.setdefault((name and name.journal) or unnamed, []).append(path)
    return groups


def _is_compacted(path: Path) -> bool:
    name = name_of(path)
    return name is not None and name.kind == "day" and name.crc is not None


def _has_summary(folder: Path) -> bool:
    try:
        return any(table_of(path, content(path)).num_rows for path in summary_files(folder)[:1])
    except DamagedFile:
        return False


def _write_summary(folder: Path, readings: Readings, codes: list[str], day: date) -> None:
    path, _ = write(_summary(readings, codes, day), folder, "summary", ["point"])
    for other in summary_files(folder):
        if other != path:
            other.unlink()


def _merged(tables: list[pa.Table]) -> tuple[Readings, list[str]]:
    """All readings of some tables, sorted, without repetitions."""
    wide = [table.set_column(2, "value", table["value"].cast(pa.int64())) for table in tables]
    readings, codes = from_table(pa.concat_tables(_plain_points(table) for table in wide))
    return sorted_unique(_by_code(readings, codes)), sorted(codes)


def _plain_points(table: pa.Table) -> pa.Table:
    return table.set_column(0, "point", table["point"].cast(pa.string()))


def _by_code(readings: Readings, codes: list[str]) -> Readings:
    """Number the points in the order of their codes."""
    rank = np.empty(len(codes), np.int32)
    rank[np.array(sorted(range(len(codes)), key=codes.__getitem__), np.int64)] = np.arange(len(codes), dtype=np.int32)
    return Readings(
        rank[readings.point], readings.time, readings.value, readings.decimals, readings.status, readings.flags
    )


def _summary(readings: Readings, codes: list[str], day: date) -> pa.Table:
    """Per point: readings, seconds over, seconds excluded, lowest, highest and mean counted value (micro-units)."""
    starts = np.flatnonzero(np.concatenate(([True], readings.point[1:] != readings.point[:-1])))
    counted = (readings.flags & COUNTED) != 0
    over = counted & ((readings.flags & REACHED) != 0)
    held = _held(readings, day_start(day) + _DAY)
    n_counted = np.add.reduceat(counted.astype(np.int64), starts)
    # a float sum: totals of large counters would not fit into int64
    mean = np.add.reduceat(np.where(counted, readings.value, 0).astype(np.float64), starts) / np.maximum(n_counted, 1)
    none = n_counted == 0
    return pa.table(
        {
            "point": pa.array([codes[index] for index in readings.point[starts].tolist()]),
            "n": pa.array(np.diff(np.append(starts, len(readings))).astype(np.int32)),
            "over_seconds": pa.array(np.add.reduceat(np.where(over, held, 0), starts).astype(np.int32)),
            "excluded_seconds": pa.array(np.add.reduceat(np.where(counted, 0, held), starts).astype(np.int32)),
            "min": pa.array(np.minimum.reduceat(np.where(counted, readings.value, -(NO_VALUE + 1)), starts), mask=none),
            "max": pa.array(np.maximum.reduceat(np.where(counted, readings.value, NO_VALUE), starts), mask=none),
            "mean": pa.array(np.rint(mean).astype(np.int64), mask=none),
        }
    )


def _held(readings: Readings, day_end: int) -> npt.NDArray[np.int64]:
    """Seconds each reading stands for: until the point's next one, HOLD at most, never into the next day."""
    following = np.append(readings.time[1:], day_end)
    last = np.append(readings.point[1:] != readings.point[:-1], True)
    until = np.where(last, day_end, following)
    return np.minimum(until - readings.time, HOLD)
