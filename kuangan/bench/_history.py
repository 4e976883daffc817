"""The part of `kuangan bench backup` that runs in a child with Django: history of past days for every mine."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings

from kuangan.base import clock
from kuangan.mine.models import Mine
from kuangan.monitor.fold.types import COUNTED
from kuangan.monitor.history import Part
from kuangan.monitor.history.layout import NO_JOURNAL, day_folder
from kuangan.monitor.history.rows import Readings
from kuangan.monitor.history.writer import write_part
from kuangan.monitor.recovery.history import list_parts
from kuangan.monitor.times import day_start

READINGS = 2880
"""Of a point a day, one each 30 s."""


def make(days: str, points: str) -> None:
    """A compacted file a mine and day, listed; one mine's is made, the others get its bytes."""
    root: Path = settings.DATA.root / "history"
    mines, today = list(Mine.objects.order_by("code")), clock.civil_date(clock.now())
    for back in range(1, int(days) + 1):
        day = today - timedelta(days=back)
        first = write_part(
            root, mines[0].code, day, "day", NO_JOURNAL, [back], _readings(day, int(points)), _codes(int(points))
        )
        for mine in mines:
            list_parts(mine, [_copied(root, first, mine.code)], clock.now())


def _codes(points: int) -> list[str]:
    return [f"{number:08d}" for number in range(points)]


def _copied(root: Path, part: Part, code: str) -> Part:
    folder = day_folder(root, code, part.day)
    folder.mkdir(parents=True, exist_ok=True)
    if folder / part.path.name != part.path:
        shutil.copyfile(part.path, folder / part.path.name)
    return replace(part, path=folder / part.path.name, mine=code)


def _readings(day: date, points: int) -> Readings:
    """Values that wander by a hundredth, as quiet methane does; sorted by point and time."""
    dice, count = np.random.default_rng(day.toordinal()), points * READINGS
    steps = dice.integers(-1, 2, (points, READINGS)).cumsum(axis=1)
    return Readings(
        point=np.repeat(np.arange(points, dtype=np.int32), READINGS),
        time=np.tile(day_start(day) + 30 * np.arange(READINGS, dtype=np.int64), points),
        value=(np.abs(steps).ravel() % 60 * 10_000).astype(np.int64),
        decimals=np.full(count, 2, np.uint8),
        status=np.zeros(count, np.int32),
        flags=np.full(count, COUNTED, np.uint8),
    )
