"""Measure the sensor path in one process: journal append and sync → parse → fold → history, on its own CDSS text.

Input is made in rounds before each measured round; making it is not part of the measured time.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from kuangan.bench._sensor_feed import CYCLE, BenchMine, bench_mine, next_file
from kuangan.monitor.feeds import PointText
from kuangan.monitor.fold.types import Limits, PointLimit
from kuangan.monitor.history import HistoryWriter, compact, days
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.journal import Journal
from kuangan.monitor.times import beijing_day, day_start

WORKERS: Final = 2
TICKS: Final = 10
"""Files of each mine in a round; then its history part is written, as every five minutes in the field."""

START: Final = 1_767_571_200
_DAY: Final = 86_400
_DAY_MINE: Final = 999
_DAY_POINTS: Final = 300
_IN_FLIGHT: Final = 256
_SETPOINTS: Final = PointLimit(Decimal("1.0"), Decimal("1.5"), Decimal("1.0"))
"""Of the bench's own invented points; no law is applied here."""


class _Same:
    def limits(self, mine: str, points: Sequence[PointText], on: date) -> Limits:
        """The same set-points for every methane point."""
        return Limits.of([_SETPOINTS if point.unit == "%CH4" else None for point in points])


@dataclass(frozen=True, slots=True)
class _Work:
    mine: str
    data: bytes
    stored: Future[int]
    last: bool


@dataclass(slots=True)
class _Cpu:
    """CPU seconds of this run's threads by stage."""

    take: float = 0.0
    history: float = 0.0
    feed: float = 0.0
    episodes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def run(seconds: float = 5.0, mines: int = 110, points: int = 1000, root: Path | None = None) -> dict[str, Any]:
    """Measure for about `seconds`. Keys: readings_per_s, bytes_per_reading, and what they were taken from.

    `root`: where journal and history are written (None: a temporary folder, deleted afterwards).
    """
    with tempfile.TemporaryDirectory(prefix="kuangan-bench-") as temporary:
        return _run(seconds, mines, points, root or Path(temporary))


def _run(seconds: float, mines: int, points: int, root: Path) -> dict[str, Any]:
    sources = [bench_mine(number, points) for number in range(mines)]
    journal = Journal.open(root / "journal")
    pipeline = Pipeline(_Same(), HistoryWriter(root / "history"), past_after=2 * START)
    cpu, rounds, at, measured, generated = _Cpu(), [], START, 0.0, 0.0
    try:
        _round(journal, pipeline, _files(sources, at, 1), _Cpu())  # compile, learn the layouts
        at += CYCLE
        before = time.process_time()
        while measured < seconds:
            begun, begun_cpu = time.perf_counter(), time.process_time()
            files = _files(sources, at, TICKS)
            generated += time.perf_counter() - begun
            before += time.process_time() - begun_cpu
            at += CYCLE * TICKS
            begun = time.perf_counter()
            _round(journal, pipeline, files, cpu)
            rounds.append(time.perf_counter() - begun)
            measured += rounds[-1]
        total_cpu = time.process_time() - before
    finally:
        journal.close()
    readings = len(rounds) * TICKS * mines * points
    return {
        "readings_per_s": round(readings / measured),
        "best_round_readings_per_s": round(TICKS * mines * points / min(rounds)),
        "readings_per_cpu_second": round(readings / total_cpu),
        **_stored(root, points),
        "readings": readings,
        "seconds": round(measured, 2),
        "mines": mines,
        "points": points,
        "episode_changes": cpu.episodes,
        "cpu_seconds_by_stage": _by_stage(cpu, total_cpu),
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "generator": f"{generated:.1f} s before the measured rounds, not counted",
    }


def _stored(root: Path, points: int) -> dict[str, Any]:
    kept, size = _whole_day(root / "day", min(points, _DAY_POINTS))
    return {
        "bytes_per_reading": round(size / kept, 3),
        "bytes_measured_on": f"one mine's whole day through the same path, compacted, with its summary: {kept} readings",
    }


def _by_stage(cpu: _Cpu, total: float) -> dict[str, float]:
    journal = total - cpu.take - cpu.history - cpu.feed
    shares = {"parse_and_fold": cpu.take, "history": cpu.history, "journal": journal}
    return {name: round(value, 2) for name, value in shares.items()}


def _files(sources: Sequence[BenchMine], at: int, ticks: int) -> list[tuple[str, bytes]]:
    return [(mine.code, next_file(mine, at + tick * CYCLE)) for tick in range(ticks) for mine in sources]


def _round(journal: Journal, pipeline: Pipeline, files: Sequence[tuple[str, bytes]], cpu: _Cpu) -> None:
    queues: list[SimpleQueue[_Work | None]] = [SimpleQueue() for _ in range(WORKERS)]
    room = threading.Semaphore(_IN_FLIGHT)
    workers = [threading.Thread(target=_work, args=(queue, pipeline, room, cpu)) for queue in queues]
    for worker in workers:
        worker.start()
    begun = time.thread_time()
    remaining: dict[str, int] = {}
    for mine, _ in files:
        remaining[mine] = remaining.get(mine, 0) + 1
    for mine, data in files:
        remaining[mine] -= 1
        room.acquire()
        stored = journal.append(mine=mine, type="CDSS", body=data, source_at=0, file_at=0, received_at=0)
        queues[int(mine[-3:]) % WORKERS].put(_Work(mine, data, stored, last=not remaining[mine]))
    for queue in queues:
        queue.put(None)
    cpu.feed += time.thread_time() - begun
    for worker in workers:
        worker.join()


def _work(queue: SimpleQueue[_Work | None], pipeline: Pipeline, room: threading.Semaphore, cpu: _Cpu) -> None:
    taking = writing = 0.0
    episodes = 0
    while (work := queue.get()) is not None:
        seq = work.stored.result()
        begun = time.thread_time()
        outcome = pipeline.take(work.mine, work.data, received_at=2 * START, seq=seq, type="CDSS")
        episodes += len(outcome.episodes)
        taken = time.thread_time()
        taking += taken - begun
        if work.last and pipeline.history is not None:
            pipeline.history.flush(work.mine)
            writing += time.thread_time() - taken
        room.release()
    with cpu.lock:
        cpu.take += taking
        cpu.history += writing
        cpu.episodes += episodes


def _whole_day(root: Path, points: int) -> tuple[int, int]:
    """Readings and bytes of the kept history of one mine's day, written in parts of five minutes and compacted."""
    source = bench_mine(_DAY_MINE, points)
    history = HistoryWriter(root)
    pipeline = Pipeline(_Same(), history, past_after=2 * START)
    begun = day_start(beijing_day(START))
    for tick in range(_DAY // CYCLE):
        # the text carries a data time up to three seconds before the file's: the first file is of the new day's fourth
        data = next_file(source, begun + 3 + tick * CYCLE)
        pipeline.take(source.code, data, received_at=2 * START, seq=tick, type="CDSS")
        if tick % TICKS == TICKS - 1:
            history.flush(source.code)
    history.flush(source.code)
    for day in days(root, source.code):
        compact(root, source.code, day)
    files = list((root / source.code).rglob("*.parquet"))
    return _DAY // CYCLE * points, sum(path.stat().st_size for path in files)
