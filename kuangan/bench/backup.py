"""A backup while a city sends: size and seconds of the first and of the next one, what it costs the alarms, and the way back."""

import argparse
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kuangan.bench._platform import call_function, command
from kuangan.bench.latency import CYCLE, HIGH, PATIENCE, POINTS, TARGET_MS, Running, running_city

DAYS = 12
"""Days of history of every mine; three years are 1095, so the result says at which ratio it stands."""
WHOLE = 1095
BACKUP_SECONDS, RESTORE_SECONDS = 300.0, 600.0
LEAST = 10
"""Alarms beside each backup, also where that is done before."""


def run(args: argparse.Namespace) -> dict[str, Any]:
    """ok: alarms within 3 s (p99) while a first and a second backup run, and each within its share of 5 and 10 minutes."""
    points = args.points or POINTS
    with running_city(args.mines, points) as running, tempfile.TemporaryDirectory(prefix="kuangan-bench-") as home:
        Path(home).chmod(0o711)
        call_function(running.environ, "kuangan.bench._history", "make", str(DAYS), str(points))
        place = Path(home) / "backups"
        running.mines.keep_sending()
        running.page.listen()
        halves = [list(enumerate(running.mines.codes))[half::2] for half in range(2)]
        first, first_ms = _beside(running, place, halves[0])
        second, second_ms = _beside(running, place, halves[1])
        running.mines.stop()
        backups = sorted(place.glob("2*"))
        sizes = [_copied(folder) for folder in backups]
        restore = _restore(running.environ, backups[-1], Path(home) / "restored")
    p99 = _p99([*first_ms, *second_ms])
    return {
        "ok": p99 is not None and p99 < TARGET_MS and first < BACKUP_SECONDS and restore < RESTORE_SECONDS,
        "first_s": round(first, 1),
        "next_s": round(second, 1),
        "restore_s": round(restore, 1),
        "first_mb": sizes[0],
        "next_mb": sizes[1],
        "p99_ms": p99 and round(p99),
        "alarms": len(first_ms) + len(second_ms),
        "days": DAYS,
        "of_three_years": round(DAYS / WHOLE, 4),
        "mines": args.mines,
        "points": points,
        "cycle_s": CYCLE,
        "cores": os.cpu_count(),
    }


def _copied(folder: Path) -> int:
    """MB that a backup had to copy."""
    return int(json.loads((folder / "manifest.json").read_bytes())["new_size"]) >> 20


def _beside(running: Running, place: Path, codes: list[tuple[int, str]]) -> tuple[float, list[float | None]]:
    """Seconds of a backup, and milliseconds of the alarms of these mines (ten at least) that were raised meanwhile."""
    took: list[float] = []

    def back_up() -> None:
        began = time.monotonic()
        subprocess.run(command("backup", str(place)), env=dict(running.environ), check=True, stdout=subprocess.DEVNULL)
        took.append(time.monotonic() - began)

    worker = threading.Thread(target=back_up)
    worker.start()
    delays: list[float | None] = []
    for number, code in codes:
        if not worker.is_alive() and len(delays) >= LEAST:
            break
        begun = time.perf_counter()
        running.mines.send(code, HIGH)
        shown = running.page.shows(f"测量{number + 1}号煤矿", PATIENCE)
        delays.append(1000 * (time.perf_counter() - begun) if shown else None)
    worker.join()
    return took[0], delays


def _p99(delays: list[float | None]) -> float | None:
    shown = sorted(delay for delay in delays if delay is not None)
    return shown[int(len(shown) * 0.99)] if shown and len(shown) == len(delays) else None


def _restore(environ: Mapping[str, str], backup: Path, target: Path) -> float:
    began = time.monotonic()
    subprocess.run(
        command("restore", str(backup), str(target), "--without-keys"),
        env=dict(environ), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.monotonic() - began
