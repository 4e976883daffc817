"""Where history lies: `<root>/<mine>/<day>/`, so that a query opens only that mine's files of those days.

part-<first seq>-<last seq>.parquet   readings of a few minutes; a replay of the same range overwrites it
day-<first seq>-<last seq>.parquet    readings of the day after compaction
summary.parquet                       one row a point
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from kuangan.monitor.times import beijing_day

SUMMARY: Final = "summary.parquet"
ROW_GROUP: Final = 32_768
"""Small enough that one point of a day is read without the others."""

_DELTA: Final = {"time": "DELTA_BINARY_PACKED", "value": "DELTA_BINARY_PACKED"}


def day_folder(root: Path, mine: str, day: date) -> Path:
    """Folder of one mine and civil day."""
    return root / mine / day.isoformat()


def days(root: Path, mine: str) -> list[date]:
    """Days of which the mine has history, oldest first."""
    folder = root / mine
    return sorted(date.fromisoformat(entry.name) for entry in folder.iterdir()) if folder.is_dir() else []


def days_between(start: int, end: int) -> Iterator[date]:
    """Civil days touched by the moments start ≤ t < end."""
    day = beijing_day(start)
    while end > start and day <= beijing_day(end - 1):
        yield day
        day += timedelta(days=1)


def reading_files(folder: Path) -> list[Path]:
    """Compacted files and parts of a day, in order of their sequence."""
    found = [*folder.glob("day-*.parquet"), *folder.glob("part-*.parquet")]
    return sorted(found, key=lambda path: path.stem.split("-")[1:])


def sequence_range(path: Path) -> tuple[int, int]:
    """First and last journal sequence a file of readings holds."""
    _, first, last = path.stem.split("-")
    return int(first), int(last)


def write(table: pa.Table, path: Path, dictionary: list[str]) -> None:
    """Write a Parquet file so that it is either there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    # Any: column names decide the encodings
    encodings: dict[str, Any] = {name: kind for name, kind in _DELTA.items() if name in table.column_names}
    pq.write_table(
        table, unfinished, compression="zstd", compression_level=3, use_dictionary=dictionary,
        column_encoding=encodings or None, row_group_size=ROW_GROUP, data_page_version="2.0", store_schema=False,
    )  # fmt: skip
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)
