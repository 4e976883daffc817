"""A mine's newest readings and a point's history, as pages show them. Knows no Numba: pages start quickly."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from kuangan.base import clock
from kuangan.core.models import User
from kuangan.mine.models import Mine, Point
from kuangan.monitor.durations import duration
from kuangan.monitor.fixed import NO_VALUE, to_decimal
from kuangan.monitor.history import Chart, HistoryError, chart, empty_chart
from kuangan.monitor.models import LiveRow
from kuangan.monitor.packing import INT32, INT64, unpacked
from kuangan.monitor.queries import live_row, lost_stretches

STATUS_WORDS = {
    1: "报警",
    2: "断电",
    4: "标校",
    8: "超量程",
    16: "分站故障",
    32: "不巡检",
    64: "暂停",
    128: "传感器故障",
}
"""The bits of a reading's status in MT/T 1201."""


@dataclass(frozen=True)
class Reading:
    """The newest reading of a point; value None: none usable. ``words``: its status, "正常" when nothing is set."""

    point_id: int
    at: datetime
    value: Decimal | None
    words: str

    @property
    def is_on(self) -> bool:
        """For switches: whether the value says on."""
        return self.value == 1


def latest(reader: User, mine: Mine, points: Collection[int]) -> dict[int, Reading]:
    """The newest readings of these points of a mine by the point's key; empty before the first file."""
    live = live_row(reader, mine)
    if live is None:
        return {}
    keys = unpacked(live.points, INT64)
    times = unpacked(live.times, INT64)
    values = unpacked(live.values, INT64)
    statuses = unpacked(live.statuses, INT32)
    columns = zip(keys.tolist(), times.tolist(), values.tolist(), statuses.tolist(), strict=True)
    return {
        key: Reading(
            point_id=key,
            at=datetime.fromtimestamp(time, UTC),
            value=None if value == NO_VALUE else to_decimal(value),
            words=status_words(status),
        )
        for key, time, value, status in columns
        if key in points
    }


def status_words(status: int) -> str:
    """A status in words; bits the standard does not know are named as such."""
    if status == 0:
        return "正常"
    known = [word for bit, word in STATUS_WORDS.items() if status & bit]
    unknown = status & ~sum(STATUS_WORDS)
    return "、".join([*known, *([f"未知状态{unknown}"] if unknown else [])])


@dataclass(frozen=True)
class PointHistory:
    """A point's readings in buckets, and Chinese words for what of that time is missing or can't be read now."""

    chart: Chart
    missing: tuple[str, ...]


def history(reader: User, point: Point, start: datetime, end: datetime, buckets: int) -> PointHistory:
    """The point's readings in equal buckets with lowest and highest value, in micro-units."""
    root, span = settings.DATA.root / "history", (int(start.timestamp()), int(end.timestamp()))
    try:
        drawn = chart(root, point.mine.code, point.native_code, *span, buckets)
    except HistoryError as busy:
        return PointHistory(empty_chart(), (str(busy),))
    return PointHistory(drawn, (*_unreadable(drawn), *_lost(reader, point.mine, start, end)))


def _unreadable(drawn: Chart) -> list[str]:
    days = sorted({path.parent.name for path in drawn.damaged})
    return [f"{day} 有历史数据文件损坏，部分读数未显示" for day in days]


def _lost(reader: User, mine: Mine, start: datetime, end: datetime) -> list[str]:
    """Stretches of which the readings are lost until the mine sends the files again."""
    words = []
    for lost in lost_stretches(reader, mine, start, end):
        ends = [moment.astimezone(clock.BEIJING).strftime("%m-%d %H:%M") for moment in (lost.first, lost.last)]
        words.append(f"{ends[0]} 至 {ends[1]} 丢失 {lost.files} 个文件的读数，待煤矿补传")
    return words


def silent_after(at: datetime) -> timedelta:
    """How old a mine's data may be before it is drawn as unknown: the city's own value."""
    return duration("feed.silence.warn", clock.civil_date(at))


def is_stale(live: LiveRow | None, at: datetime) -> bool:
    """Whether a mine's newest data is missing or too old to be believed."""
    return live is None or live.at is None or at - live.at > silent_after(at)
