"""A mine's newest readings and a point's history, as pages show them. Knows no Numba: pages start quickly."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.conf import settings

from kuangan.mine.models import Mine, Point
from kuangan.monitor.fixed import NO_VALUE, to_decimal
from kuangan.monitor.history import Chart, chart
from kuangan.monitor.models import LiveRow
from kuangan.monitor.packing import INT32, INT64, unpacked

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


def latest(mine: Mine) -> dict[int, Reading]:
    """The newest readings of a mine's points by the point's key; empty before the first file."""
    row = LiveRow.objects.filter(mine=mine).first()
    if row is None:
        return {}
    keys = unpacked(row.points, INT64)
    times = unpacked(row.times, INT64)
    values = unpacked(row.values, INT64)
    statuses = unpacked(row.statuses, INT32)
    found = zip(keys.tolist(), times.tolist(), values.tolist(), statuses.tolist(), strict=True)
    return {
        key: Reading(
            point_id=key,
            at=datetime.fromtimestamp(time, UTC),
            value=None if value == NO_VALUE else to_decimal(value),
            words=status_words(status),
        )
        for key, time, value, status in found
    }


def status_words(status: int) -> str:
    """A status in words; bits the standard does not know are named as such."""
    if status == 0:
        return "正常"
    known = [word for bit, word in STATUS_WORDS.items() if status & bit]
    unknown = status & ~sum(STATUS_WORDS)
    return "、".join([*known, *([f"未知状态{unknown}"] if unknown else [])])


def history(point: Point, start: datetime, end: datetime, buckets: int) -> Chart:
    """The point's readings in equal buckets with lowest and highest value, in micro-units."""
    root = settings.DATA.root / "history"
    return chart(root, point.mine.code, point.native_code, int(start.timestamp()), int(end.timestamp()), buckets)
