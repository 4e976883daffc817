"""Judging single readings against the set-points of their day: one flag byte each.

Window and history keep the flags, so a later change of set-points never re-judges an old reading.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from kuangan.monitor._numba import compiled
from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold import types
from kuangan.monitor.fold.types import Batch, Int32, Int64, Limits, UInt8

_CALIBRATION_STATES: Final = types.STATUS_CALIBRATING | types.STATUS_OVER_RANGE


def judge(batch: Batch, limits: Limits) -> UInt8:
    """Flags of each reading.

    Counted: has a value and no excluded state. Below: under re-power, or under the alarm set-point when there is no
    re-power limit. Uncertain: counted although the status has a code the table does not know. Calibrating: only that
    (and over range), with a value. Raises IndexError when `limits` has fewer entries than there are points.
    """
    if len(batch.point) and batch.point.max() >= len(limits.alarm):
        raise IndexError(f"limits of {len(limits.alarm)} points for point {batch.point.max()}: ask for them anew")
    flags = np.zeros(len(batch.point), np.uint8)
    _judge(
        batch.point, batch.value, batch.status,
        limits.alarm, limits.power_off, limits.re_power, limits.strict, limits.excluded, flags,
    )  # fmt: skip
    return flags


@compiled
def _judge(
    point: Int32, value: Int64, status: Int32,
    alarm: Int64, power_off: Int64, re_power: Int64, strict: npt.NDArray[np.bool_], excluded: int, flags: UInt8,
) -> None:  # fmt: skip
    for reading in range(len(point)):
        p, v, bits = point[reading], value[reading], 0
        if v == NO_VALUE:
            continue
        if not status[reading] & excluded:
            bits |= types.COUNTED
            if status[reading] & ~types.STATUS_KNOWN:
                bits |= types.UNCERTAIN
        elif status[reading] & types.STATUS_CALIBRATING and not status[reading] & excluded & ~_CALIBRATION_STATES:
            bits |= types.CALIBRATING
        # NO_LIMIT lies above every value: such an alarm is never reached, such a re-power limit always undercut
        if v > alarm[p] or (v == alarm[p] and not strict[p]):
            bits |= types.REACHED
        elif v < re_power[p]:
            bits |= types.BELOW
        if v > power_off[p] or (v == power_off[p] and not strict[p]):
            bits |= types.POWER_OFF
        flags[reading] = bits
