"""Judging single readings against the set-points of their day: one flag byte each.

Window and history keep the flags, so a later change of set-points never re-judges an old reading.
"""

from __future__ import annotations

import numpy as np

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import (
    BELOW,
    CALIBRATING,
    COUNTED,
    POWER_OFF,
    REACHED,
    STATUS_CALIBRATING,
    STATUS_KNOWN,
    STATUS_OVER_RANGE,
    UNCERTAIN,
    Batch,
    Limits,
    UInt8,
)


def judge(batch: Batch, limits: Limits) -> UInt8:
    """Flags of each reading.

    Counted: has a value and no excluded state. Below: under re-power, or under the alarm set-point when there is no
    re-power limit. Uncertain: counted although the status has a code the table does not know. Calibrating: only that
    (and over range), with a value.
    """
    point, value, status = batch.point, batch.value, batch.status
    alarm, re_power, strict = limits.alarm[point], limits.re_power[point], limits.strict[point]
    known = value != NO_VALUE
    counted = known & ((status & limits.excluded) == 0)
    reached = known & ((value > alarm) | ((value == alarm) & ~strict))
    power_off = limits.power_off[point]
    cut = known & ((value > power_off) | ((value == power_off) & ~strict))
    # without a re-power limit the sentinel lies above every value: whatever does not reach the alarm is below
    below = known & ~reached & (value < re_power)
    blind = limits.excluded & ~(STATUS_CALIBRATING | STATUS_OVER_RANGE)
    calibrating = known & ((status & STATUS_CALIBRATING) != 0) & ((status & blind) == 0) & ~counted
    uncertain = counted & ((status & ~STATUS_KNOWN) != 0)
    bits = (
        (counted, COUNTED),
        (reached, REACHED),
        (below, BELOW),
        (cut, POWER_OFF),
        (calibrating, CALIBRATING),
        (uncertain, UNCERTAIN),
    )
    flags = np.zeros(len(point), np.uint8)
    for is_set, bit in bits:
        flags |= is_set.astype(np.uint8) * np.uint8(bit)
    return flags
