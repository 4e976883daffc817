"""The files of an invented mine as its monitoring system writes them: CDDY, CDSS and YCBJ of MT/T 1201."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from kuangan.base.clock import civil
from kuangan.emulate.plan.plan import MinePlan, PointPlan

END: Final = "||"
SYSTEM: Final = "KJ000X;煤矿安全监控系统"
VALID_TO: Final = "2030-01-01"


@dataclass(frozen=True)
class File:
    """A file to send: its name by the standard, its type and its bytes."""

    name: str
    type: str
    mine_code: str
    body: bytes


@dataclass(frozen=True)
class DeclaredAlarm:
    """An alarm as the mine declares it (YCBJ); numbers None for on/off points. ``kind``: 001 超限报警, 007 标校 …"""

    point: PointPlan
    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    highest: Decimal | None = None
    highest_at: datetime | None = None
    lowest: Decimal | None = None
    lowest_at: datetime | None = None
    mean: Decimal | None = None
    cause: str = ""
    measure: str = ""
    entered_by: str = ""


def definitions(mine: MinePlan, at: datetime) -> File:
    """CDDY: all points of the mine."""
    header = f"{mine.code};{mine.name};{SYSTEM};{mine.maker};{VALID_TO};{text(at)}"
    return _file(mine, "CDDY", at, header, [_definition(point, at) for point in mine.points])


def snapshot(mine: MinePlan, at: datetime, values: Sequence[str], statuses: Sequence[int]) -> File:
    """CDSS: one record a point, in the order of the plan."""
    moment = text(at)
    records = [
        f"{point.code};{point.type_name};{point.place_text};{value};{point.unit};{status};{moment}"
        for point, value, status in zip(mine.points, values, statuses, strict=True)
    ]
    return _file(mine, "CDSS", at, f"{mine.code};{mine.name};{moment}", records)


def declarations(mine: MinePlan, at: datetime, alarms: Sequence[DeclaredAlarm]) -> File:
    """YCBJ: the alarms that began, changed or ended."""
    return _file(mine, "YCBJ", at, f"{mine.code};{mine.name};{text(at)}", [_alarm(alarm, at) for alarm in alarms])


def text(at: datetime | None) -> str:
    """A moment as the standard writes it: Beijing time to the second."""
    return f"{civil(at):%Y-%m-%d %H:%M:%S}" if at else ""


def _file(mine: MinePlan, kind: str, at: datetime, header: str, records: list[str]) -> File:
    body = "~".join([header, *records]) + "~" + END
    return File(f"{mine.code}_{kind}_{civil(at):%Y%m%d%H%M%S}.txt", kind, mine.code, body.encode())


def _definition(point: PointPlan, at: datetime) -> str:
    limits = point.set_points
    numbers = (
        point.range_high, point.range_low, limits.alarm, limits.release, limits.low_alarm, limits.low_release,
        limits.cut, limits.restore, None, None,
    )  # fmt: skip
    return ";".join(
        (
            point.code, "01", point.station, point.sensor_type, point.kind, point.unit, *map(_number, numbers),
            point.on_text, point.off_text, point.place_text, *(f"{part:.2f}" for part in point.position),
            point.relations, text(at),
        )
    )  # fmt: skip


def _alarm(alarm: DeclaredAlarm, at: datetime) -> str:
    point = alarm.point
    return ";".join(
        (
            point.code, point.type_name, point.place_text, point.unit, alarm.kind, text(alarm.started_at),
            text(alarm.ended_at), _number(alarm.highest), text(alarm.highest_at), _number(alarm.lowest),
            text(alarm.lowest_at), _number(alarm.mean), alarm.cause, alarm.measure,
            text(at) if alarm.entered_by else "", alarm.entered_by, text(at),
        )
    )  # fmt: skip


def _number(value: Decimal | None) -> str:
    return "" if value is None else format(value, "f")
