"""From parsed records to the rows that are kept; texts are cut to their columns, NUL never reaches the database."""

from collections.abc import Sequence
from decimal import Decimal

from kuangan.base.text import clean_text
from kuangan.mine.definitions import Definition
from kuangan.monitor.feeds import BadRecord, Declared, DefinitionRecord, FeedError
from kuangan.monitor.fixed import LARGEST_UNITS, to_decimal, to_units
from kuangan.monitor.ingest.rows import DeclarationRow
from kuangan.monitor.models import FileStatus

_STEP = Decimal("0.000001")
_REFUSALS = {
    "incomplete": FileStatus.incomplete,
    "future_dated": FileStatus.future,
    "past_dated": FileStatus.past,
    "unknown_type": FileStatus.unknown,
}
_SHOWN_BAD = 5


def cut(text: str, length: int) -> str:
    """The text without characters that cannot be kept, at most `length` characters."""
    return clean_text(text)[:length]


def definition_of(point: DefinitionRecord) -> Definition:
    """A CDDY record as the file of the mine takes it."""
    return Definition(
        native_code=cut(point.code, 80),
        system=cut(point.system, 2),
        sensor_type=cut(point.sensor_type, 4),
        value_kind=point.kind if point.kind in {"MN", "KG", "LJ", "DT"} else "DT",
        unit=cut(point.unit, 20),
        station=cut(point.station, 40),
        place_text=cut(point.place, 200),
        alarm=_number(point.alarm_high),
        alarm_release=_number(point.release_high),
        power_off=_number(point.cut_high),
        re_power=_number(point.restore_high),
        low_alarm=_number(point.alarm_low),
        low_alarm_release=_number(point.release_low),
        low_power_off=_number(point.cut_low),
        low_re_power=_number(point.restore_low),
        range_high=_number(point.range_high),
        range_low=_number(point.range_low),
        on_text=cut(point.on_text, 40),
        off_text=cut(point.off_text, 40),
        relations=cut(point.relations_text, 2000),
    )


def declaration_of(alarm: Declared, mine_id: int, point_id: int, received_at: int, seq: int) -> DeclarationRow:
    peak = _number(alarm.highest)
    return DeclarationRow(
        mine_id=mine_id,
        point_id=point_id,
        kind=cut(alarm.anomaly, 3),
        started_at=alarm.started_at,
        ended_at=alarm.ended_at,
        peak=None if peak is None else to_units(peak),
        peak_at=alarm.highest_at,
        cause=cut(alarm.cause, 300),
        measure=cut(alarm.measure, 300),
        entered_by=cut(alarm.entered_by, 40),
        entered_at=alarm.entered_at,
        file_at=alarm.at,
        received_at=received_at,
        seq=seq,
    )


def refusal(error: FeedError) -> tuple[FileStatus, str]:
    """Result and message of a file that was refused as a whole."""
    return _REFUSALS.get(error.kind, FileStatus.refused), cut(str(error), 1000)


def complaints(bad: Sequence[BadRecord], notes: Sequence[str]) -> str:
    """What the operator is told about a file that was taken: its first bad records and what was repaired."""
    lines = [f"第 {record.record} 条：{record.reason}" for record in bad[:_SHOWN_BAD]]
    if len(bad) > _SHOWN_BAD:
        lines.append(f"等共 {len(bad)} 条")
    return cut("；".join([*lines, *notes]), 1000)


def _number(value: Decimal | None) -> Decimal | None:
    """A number that its column can hold, in the column's step; anything larger is no set-point.

    It is compared after rounding, which may carry it beyond the column.
    """
    units = None if value is None else to_units(value)
    return None if units is None or abs(units) >= LARGEST_UNITS else to_decimal(units).quantize(_STEP)
