"""Reading history: one point over a time range, charts without lost peaks, daily summaries. No Numba, no database."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import COUNTED
from kuangan.monitor.history.layout import (
    DamagedFile,
    content,
    day_folder,
    days,
    days_between,
    reading_files,
    summary_files,
    table_of,
)
from kuangan.monitor.history.rows import Readings, from_table, joined, no_rows, sorted_unique

_TRIES: Final = 5


class HistoryError(Exception):
    """History cannot be read now; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one point by time: value micro-units or NO_VALUE, status bits, flags (fold.types).

    `damaged`: files of that time that could not be read, so that readings may be missing.
    """

    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    status: npt.NDArray[np.int32]
    flags: npt.NDArray[np.uint8]
    damaged: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A series in equal buckets that hold readings.

    Bucket start, lowest and highest value (micro-units, NO_VALUE when none), readings, how many were excluded, and
    files that could not be read.
    """

    time: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    n: npt.NDArray[np.int64]
    excluded: npt.NDArray[np.int64]
    damaged: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One point, one day; values in micro-units, None when no reading counted."""

    day: date
    code: str
    n: int
    over_seconds: int
    excluded_seconds: int
    min: int | None
    max: int | None
    mean: int | None


def readings(root: Path, mine: str, code: str, start: int, end: int) -> Series:
    """Readings of a point with start ≤ time < end, sorted, without repetitions."""
    damaged: list[Path] = []
    parts = [part for day in days_between(start, end) for part in _of_day(day_folder(root, mine, day), code, damaged)]
    readings = sorted_unique(joined([no_rows(), *parts]))
    readings = readings.take((readings.time >= start) & (readings.time < end))
    return Series(readings.time, readings.value, readings.status, readings.flags, tuple(damaged))


def chart(root: Path, mine: str, code: str, start: int, end: int, buckets: int = 600) -> Chart:
    """At most `buckets` buckets over start ≤ t < end; each keeps its lowest and highest value, so no peak is lost."""
    series = readings(root, mine, code, start, end)
    width = max(1, -(-(end - start) // buckets))
    bucket = (series.time - start) // width
    edges = np.flatnonzero(np.diff(bucket, prepend=-1))
    if not len(edges):
        return empty_chart(series.damaged)
    known = series.value != NO_VALUE
    low = np.minimum.reduceat(np.where(known, series.value, -(NO_VALUE + 1)), edges)
    high = np.maximum.reduceat(series.value, edges)
    return Chart(
        time=start + bucket[edges] * width,
        low=np.where(high == NO_VALUE, NO_VALUE, low),
        high=high,
        n=np.diff(np.append(edges, len(series.time))),
        excluded=np.add.reduceat(((series.flags & COUNTED) == 0).astype(np.int64), edges),
        damaged=series.damaged,
    )


def empty_chart(damaged: tuple[Path, ...] = ()) -> Chart:
    nothing = np.empty(0, np.int64)
    return Chart(nothing, nothing, nothing, nothing, nothing, damaged)


def summaries(root: Path, mine: str, start: date, end: date) -> list[DaySummary]:
    """Summaries of the compacted days start ≤ day ≤ end, by day and point; a damaged one is missing until the next night."""
    summaries = []
    for day in days(root, mine):
        if start <= day <= end:
            lines = _summary_of(day_folder(root, mine, day))
            summaries += [DaySummary(day=day, code=line.pop("point"), **line) for line in lines]
    return summaries


def _summary_of(folder: Path) -> list[dict[str, Any]]:
    for path in summary_files(folder)[-1:]:
        with suppress(DamagedFile):
            return cast("list[dict[str, Any]]", table_of(path, content(path)).to_pylist())
    return []


def expire_history(root: Path, before: date) -> int:
    """Delete the days before `before` of all mines; how many folders went."""
    gone = 0
    for mine in sorted(root.iterdir()) if root.is_dir() else []:
        for day in days(root, mine.name):
            if day < before:
                shutil.rmtree(day_folder(root, mine.name, day))
                gone += 1
    return gone


def _of_day(folder: Path, code: str, damaged: list[Path]) -> list[Readings]:
    for _ in range(_TRIES):
        met: list[Path] = []
        try:
            readings = [_of_point(path, code, met) for path in reading_files(folder)]
        except FileNotFoundError:
            continue  # the day was compacted between listing and reading
        damaged += met
        return readings
    raise HistoryError(f"历史数据 {folder} 正在整理，暂时无法读取。请稍后刷新页面。")


def _of_point(path: Path, code: str, damaged: list[Path]) -> Readings:
    # files are sorted by point: row groups without it are skipped by their statistics
    try:
        readings, _ = from_table(table_of(path, content(path), filters=[("point", "=", code)]))
    except DamagedFile:
        damaged.append(path)
        return no_rows()
    return Readings(
        np.zeros_like(readings.point), readings.time, readings.value, readings.decimals, readings.status, readings.flags
    )
