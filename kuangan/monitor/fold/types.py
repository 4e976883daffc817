"""Values the fold takes and gives. Times are seconds UTC, values micro-units (kuangan.monitor.fixed)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from kuangan.monitor.fixed import to_units

NO_LIMIT: Final = 2**63 - 1
"""Above every value: a limit that nothing reaches."""

NEVER: Final = -(2**63)
"""A moment that has not come."""

GAP_AFTER: Final = 7200
"""Seconds without any reading of a point that end its episode, where no local value says otherwise."""

# bits of a judged reading
COUNTED: Final = 1
REACHED: Final = 2
BELOW: Final = 4
POWER_OFF: Final = 8
CALIBRATING: Final = 16
UNCERTAIN: Final = 32

# 测点状态 of MT/T 1201: 0 正常, 1 报警, 2 断电, 4 标校, 8 超量程, 16 分站故障, 32 不巡检, 64 暂停, 128 传感器故障
STATUS_CALIBRATING: Final = 4
STATUS_OVER_RANGE: Final = 8
STATUS_KNOWN: Final = 0xFF
STATUS_EXCLUDED: Final = 4 | 16 | 32 | 64 | 128
"""Over range is no fault: gas beyond what the sensor can show must open an over-limit, so it counts."""

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
UInt8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PointLimit:
    """Set-points of one point on one day: reached at `≥` (`strict`: `>`), re-power always `<`. None: not set."""

    alarm: Decimal | None
    power_off: Decimal | None = None
    re_power: Decimal | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Set-points of all points of a mine as arrays in registry order.

    alarm, power_off, re_power int64 micro-units or NO_LIMIT; strict bool. `excluded`: the status bits whose readings
    are not counted.
    """

    alarm: Int64
    power_off: Int64
    re_power: Int64
    strict: npt.NDArray[np.bool_]
    excluded: int = STATUS_EXCLUDED

    @classmethod
    def of(cls, points: Sequence[PointLimit | None], excluded: int = STATUS_EXCLUDED) -> Limits:
        """Arrays from one entry a point; None: the point has no set-points."""
        entries = [point or PointLimit(None) for point in points]
        return cls(
            alarm=_column([entry.alarm for entry in entries]),
            power_off=_column([entry.power_off for entry in entries]),
            re_power=_column([entry.re_power for entry in entries]),
            strict=np.array([entry.strict for entry in entries], np.bool_),
            excluded=excluded,
        )


def _column(values: Sequence[Decimal | None]) -> Int64:
    return np.array([NO_LIMIT if value is None else to_units(value) for value in values], np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings in the order they came: point int32, time int64, value int64 (NO_VALUE: none), status int32."""

    point: Int32
    time: Int64
    value: Int64
    status: Int32


@dataclass(frozen=True, slots=True)
class EpisodeChange:
    """An episode as it stands now; key (point, started_at), so storing it twice is harmless.

    ended_at: the first reading below re-power, None while open. final: a new rise can no longer join it — unless a
    late reading shows one. peak, peak_at, readings, uncertain, power_off_at are taken from the readings while it was
    open. proposed "calibration" (then excluded): it was reached while calibrating. withdrawn: late readings re-judged
    it away (merged into another or begun at another moment).
    """

    point: int
    started_at: int
    ended_at: int | None
    final: bool
    peak: int
    peak_at: int
    readings: int
    excluded: bool
    proposed: Literal["calibration"] | None
    uncertain: bool
    power_off_at: int | None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """Result of one step. Rows are positions in the batch.

    episodes sorted by (point, started_at). late_unjudged: rows older than the window. late: rows judged out of order.
    duplicates: rows whose second was known already. flags: the judgement of each row (uint8 bits above).
    """

    episodes: list[EpisodeChange]
    late_unjudged: Int64 = field(default_factory=lambda: np.empty(0, np.int64))
    late: int = 0
    duplicates: int = 0
    flags: UInt8 = field(default_factory=lambda: np.empty(0, np.uint8))
