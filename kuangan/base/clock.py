"""The only source of "now". In demonstration and tests the clock can be moved for all processes at once.

A moved clock is described by ``clock.json`` in the data folder:
``{"wall": <unix seconds>, "moved": <unix seconds>, "rate": <moved seconds per wall second>}``;
without the file, now is the wall clock. Sessions and one-time codes use :func:`wall_now`.
"""

import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

BEIJING: Final = ZoneInfo("Asia/Shanghai")

_cache: tuple[Path, int, tuple[float, float, float]] | None = None


def data_folder() -> Path:
    """The folder of all state: ``KUANGAN_DATA``, by default ``var`` below the working folder."""
    return Path(os.environ.get("KUANGAN_DATA", "var")).absolute()


def wall_now() -> datetime:
    """The machine's own time, aware, UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The time the product works by, aware, UTC."""
    wall, moved, rate = _movement()
    return datetime.fromtimestamp(moved + (time.time() - wall) * rate, UTC)


def rate() -> float:
    """Seconds of the product's time that pass in one second of wall time."""
    return _movement()[2]


def is_moved() -> bool:
    """Whether the product's time is not the machine's."""
    return _movement() != (0.0, 0.0, 1.0)


def move(to: datetime, *, rate: float = 1.0) -> None:
    """Let :func:`now` be ``to`` from this moment, running at ``rate``. Demonstration and tests only."""
    _require_aware(to)
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "clock.json"
    draft = folder / f"clock.json.{os.getpid()}"
    draft.write_text(json.dumps({"wall": time.time(), "moved": to.timestamp(), "rate": rate}))
    draft.replace(target)


def release() -> None:
    """Return to the wall clock."""
    (data_folder() / "clock.json").unlink(missing_ok=True)


def civil(moment: datetime) -> datetime:
    """The same moment with Beijing wall-clock fields."""
    _require_aware(moment)
    return moment.astimezone(BEIJING)


def civil_date(moment: datetime) -> date:
    """The Beijing calendar day of a moment."""
    return civil(moment).date()


def beijing_midnight(day: date) -> datetime:
    """00:00 Beijing of ``day``, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING).astimezone(UTC)


def last_day(end: datetime) -> date:
    """The Beijing day of the last instant before ``end``: what ends at midnight ends with the day before."""
    return civil_date(end - timedelta(microseconds=1))


def day_after(day: date) -> date:
    """The next calendar day."""
    return day + timedelta(days=1)


def _movement() -> tuple[float, float, float]:
    global _cache  # noqa: PLW0603  # one small cache per process
    path = data_folder() / "clock.json"
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return (0.0, 0.0, 1.0)
    if _cache and _cache[0] == path and _cache[1] == stamp:
        return _cache[2]
    read = json.loads(path.read_text())
    movement = (float(read["wall"]), float(read["moved"]), float(read["rate"]))
    _cache = (path, stamp, movement)
    return movement


def _require_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"a moment without time zone: {moment!r}; give an aware datetime")
