"""What the history of a point showed between two moments, for those who compare it with what was said of it."""

from datetime import datetime, timedelta

import numpy as np
from django.conf import settings

from kuangan.mine.models import Point
from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.history.reader import HistoryError, readings


def values_between(point: Point, start: datetime, end: datetime) -> np.typing.NDArray[np.int64]:
    """The point's values in micro-units from ``start`` to ``end`` (included), those without a value left out; none that cannot be read now."""
    root, last = settings.DATA.root / "history", end + timedelta(seconds=1)
    try:
        series = readings(root, point.mine.code, point.native_code, int(start.timestamp()), int(last.timestamp()))
    except HistoryError:
        return np.empty(0, np.int64)
    values: np.typing.NDArray[np.int64] = series.value[series.value != NO_VALUE]
    return values
