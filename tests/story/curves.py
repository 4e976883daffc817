"""Readings of a point in the history, as the ingest would have written them."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.conf import settings

from kuangan.mine.models import Point
from kuangan.monitor.fixed import to_units
from kuangan.monitor.history import HistoryWriter, Readings


def write_curve(point: Point, start: datetime, values: Sequence[str], step: int = 30) -> None:
    """The values one after the other, ``step`` seconds apart."""
    count = len(values)
    readings = Readings(
        point=np.zeros(count, np.int32),
        time=int(start.timestamp()) + step * np.arange(count),
        value=np.array([to_units(value) for value in values], np.int64),
        decimals=np.full(count, 2, np.uint8),
        status=np.full(count, 4, np.int32),
        flags=np.zeros(count, np.uint8),
    )
    writer = HistoryWriter(settings.DATA.root / "history")
    writer.add(point.mine.code, 1, [point.native_code], readings)
    writer.flush(point.mine.code)
