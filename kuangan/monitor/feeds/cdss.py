"""CDSS (real-time values): the plain reference parser. The fast one must give the same result on every byte string."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kuangan.monitor.feeds.errors import BadRecord, RecordError
from kuangan.monitor.feeds.fields import measures, plainly, reading
from kuangan.monitor.feeds.layouts import layouts
from kuangan.monitor.feeds.reader import Opened, bad_record, open_file, read_record, refuse_if_mostly_bad
from kuangan.monitor.feeds.records import Snapshot
from kuangan.monitor.feeds.registry import PointRegistry, PointText


@dataclass(frozen=True, slots=True)
class CdssRecord:
    """One good CDSS record."""

    code: str
    type_name: str
    place: str
    unit: str
    value: int
    decimals: int
    text: str | None
    status: int
    time: int


def read_row(text: str) -> CdssRecord:
    """One record. Raises RecordError."""
    layout = layouts()["CDSS"]
    # Any: the layout's field kinds decide the types, Row names them
    fields: dict[str, Any] = dict(zip(layout.fields, read_record(text, layout), strict=True))
    value, decimals, kept = fields.pop("value")
    if kept is not None:
        value, decimals, kept = reading(plainly(kept, fields["unit"]))
        if kept is not None and measures(fields["code"], fields["unit"]):
            reason = f"测点 {fields['code']} 的测点值“{kept[:20]}”不是数字"
            raise RecordError(reason, spoils=False, code=fields["code"])
    return CdssRecord(value=value, decimals=decimals, text=kept, time=fields.pop("at"), **fields)


def parse_cdss(data: bytes, registry: PointRegistry, mine_codes: Collection[str] | None = None) -> Snapshot:
    """A 测点实时数据 file. Raises FeedError; the registry learns new points only when the file is accepted."""
    layout = layouts()["CDSS"]
    opened = open_file(data, layout, mine_codes)
    records: list[CdssRecord] = []
    bad: list[BadRecord] = []
    fresh: set[str] = set()
    for number, text in enumerate(opened.records, 1):
        try:
            record = read_row(text)
            registry.require_room(record.code, fresh)
            records.append(record)
        except RecordError as error:
            bad.append(bad_record(number, error, text))
    refuse_if_mostly_bad(bad, len(opened.records), layout)
    return _snapshot(opened, records, bad, registry)


def _snapshot(
    opened: Opened, records: Sequence[CdssRecord], bad: Sequence[BadRecord], registry: PointRegistry
) -> Snapshot:
    before = list(registry.texts)
    points = [registry.describe(record.code, record.type_name, record.place, record.unit) for record in records]
    return Snapshot(
        header=opened.header,
        point=np.array(points, np.int32),
        value=np.array([record.value for record in records], np.int64),
        decimals=np.array([record.decimals for record in records], np.uint8),
        status=np.array([record.status for record in records], np.int32),
        time=np.array([record.time for record in records], np.int64),
        texts={place: record.text for place, record in enumerate(records) if record.text is not None},
        described=changed_texts(before, registry),
        bad=tuple(bad),
        notes=opened.notes,
        records=len(opened.records),
    )


def changed_texts(before: Sequence[PointText], registry: PointRegistry) -> tuple[PointText, ...]:
    """Points that are new or described differently than in `before`."""
    known = len(before)
    return tuple(text for text in registry.texts if text.index >= known or text != before[text.index])
