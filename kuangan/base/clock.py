"""The only source of "now". In demonstration and tests the clock can be moved for all processes at once.

A moved clock is described by ``clock.json`` in the data folder:
``{"wall": <unix seconds>, "moved": <unix seconds>, "rate": <moved seconds per wall second>}``;
without the file, now is the wall clock. Sessions and one-time codes use :func:`wall_now`.

Real work knows the wall clock only: the file counts in a demonstration (see :func:`is_demonstration`), in a process
that moved the clock itself, and under tests (``KUANGAN_TEST_CLOCK=1``).
"""

import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from kuangan.base.files import UnreadableFile, read_json, replace_file

BEIJING: Final = ZoneInfo("Asia/Shanghai")
STANDING: Final = (0.0, 0.0, 1.0)
"""A clock that is not moved."""
REMEDY: Final = "它记录演示时钟；请删除该文件（时钟即恢复为本机时间）后再启动。"

_cache: tuple[Path, int, tuple[float, float, float]] | None = None
_moved_here: Path | None = None


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
    global _moved_here  # noqa: PLW0603  # one fact of this process
    _require_aware(to)
    data_folder().mkdir(parents=True, exist_ok=True)
    moved = {"wall": time.time(), "moved": to.timestamp(), "rate": rate}
    replace_file(clock_file(), json.dumps(moved).encode())
    _moved_here = clock_file()


def release() -> None:
    """Return to the wall clock."""
    clock_file().unlink(missing_ok=True)


def clock_file() -> Path:
    """Where a moved clock is described."""
    return data_folder() / "clock.json"


def is_demonstration() -> bool:
    """Whether the data folder holds the invented city, and this process was not told that it does real work."""
    return os.environ.get("KUANGAN_DEMO") != "0" and (data_folder() / "demo.json").is_file()


def is_movable() -> bool:
    """Whether ``clock.json`` counts for this process."""
    return _moved_here == clock_file() or os.environ.get("KUANGAN_TEST_CLOCK") == "1" or is_demonstration()


def read_movement() -> tuple[float, float, float]:
    """What ``clock.json`` says, whether it counts or not. UnreadableFile (Chinese) when it is damaged."""
    read = read_json(clock_file(), remedy=REMEDY)
    try:
        return (float(read["wall"]), float(read["moved"]), float(read["rate"]))
    except (KeyError, TypeError, ValueError) as damaged:
        raise UnreadableFile(f"{clock_file()} 内容已损坏，{REMEDY}") from damaged


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
    return day + timedelta(days=1)


def _movement() -> tuple[float, float, float]:
    """Looked up hundreds of times for one page: the file is asked for by a plain name, paths are made only where it is there."""
    global _cache  # noqa: PLW0603  # one small cache per process
    try:
        stamp = os.stat(os.path.join(os.environ.get("KUANGAN_DATA", "var"), "clock.json")).st_mtime_ns  # noqa: PTH116, PTH118
    except FileNotFoundError:
        return STANDING
    if not is_movable():
        return STANDING
    path = clock_file()
    if _cache and _cache[0] == path and _cache[1] == stamp:
        return _cache[2]
    movement = read_movement()
    _cache = (path, stamp, movement)
    return movement


def _require_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"a moment without time zone: {moment!r}; give an aware datetime")
