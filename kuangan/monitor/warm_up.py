"""What Numba compiles for parsing and judging, compiled before a mine's first file waits for it.

On a new machine that takes most of a minute of a processor; it is kept in the data folder from then on.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from kuangan.base import clock
from kuangan.host.processes import dies_with_parent
from kuangan.monitor.feeds import PointText
from kuangan.monitor.fold.types import Limits, PointLimit
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.times import beijing_text

MINE: Final = "000000000000"
"""No mine has it, and nothing of it is kept."""
POINTS: Final = 2
NICE: Final = 10
VALUES: Final = ("0.30", "1.20", "0.20")


class _SetPoints:
    """One set-point for every point."""

    def limits(self, mine: str, points: Sequence[PointText], on: date) -> Limits:
        return Limits.of([PointLimit(Decimal("1.00")) for _ in points])


def begin() -> None:
    """Have a process of its own do it, behind all others: keys and files are dealt with meanwhile, and what it compiled is found."""
    command = [sys.executable, "-m", "kuangan.monitor.warm_up"]
    threading.Thread(target=subprocess.run, args=(command,), kwargs={"check": False}, daemon=True).start()


def warm_up() -> None:
    """Take an over-limit from its beginning to its end in memory."""
    pipeline, moment = Pipeline(_SetPoints()), 0
    at = int(clock.now().timestamp())
    for number, value in enumerate(VALUES):
        moment = at + 30 * number
        pipeline.take(MINE, _reading(moment, value), received_at=moment, type="CDSS")
    pipeline.silence(MINE, moment, 600)
    pipeline.settle(MINE, moment + 3600)


def _reading(at: int, value: str) -> bytes:
    moment = beijing_text(at)
    readings = (
        f"{MINE}01MN00010000{number:02d}T0;环境瓦斯;测试{number};{value};%CH4;0;{moment}~" for number in range(POINTS)
    )
    return f"{MINE};;{moment}~{''.join(readings)}||".encode()


if __name__ == "__main__":
    dies_with_parent(signal.SIGKILL, os.getppid())()
    os.nice(NICE)
    warm_up()
