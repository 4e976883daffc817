"""What a mine declares about itself (YCBJ): begun, continued every five minutes, ended, sometimes sent twice, sometimes never."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from kuangan.emulate.sensors.incidents import ALARM, CALIBRATING, CUT, SENSOR_FAULT
from kuangan.emulate.sensors.machine import MineMachine, Tick
from kuangan.emulate.sensors.wire import DeclaredAlarm

KINDS: Final = {ALARM: "001", CUT: "002", CALIBRATING: "007", SENSOR_FAULT: "004"}
POWER_STILL_ON: Final = "003"
AGAIN: Final = timedelta(minutes=5)
SILENT: Final = 0.05
"""Share of over-limits that are never declared."""
TWICE: Final = 0.25
"""Share of endings that are sent a second time with the next file."""


@dataclass
class _Running:
    started_at: datetime
    told_at: datetime
    declared: bool
    values: list[tuple[datetime, Decimal]] = field(default_factory=list)


class Declaring:
    """The declarations of one mine."""

    def __init__(self, machine: MineMachine, seed: int, silent: float = SILENT) -> None:
        self._points = machine.plan.points
        self._rng = np.random.default_rng([seed, int(machine.plan.code), 17])
        self._silent = silent
        self._running: dict[tuple[int, str], _Running] = {}
        self._resend: list[DeclaredAlarm] = []

    def tell(self, tick: Tick) -> list[DeclaredAlarm]:
        """The records of the YCBJ file of this tick; empty = no file."""
        alarms, self._resend = self._resend, []
        now = self._states(tick)
        for key in now:
            alarms += self._go_on(key, tick)
        for key in [key for key in self._running if key not in now]:
            alarms += self._end(key, tick)
        return alarms

    def _states(self, tick: Tick) -> list[tuple[int, str]]:
        """What is abnormal at this tick: (point, kind)."""
        states = [
            (index, kind)
            for index, status in enumerate(tick.statuses)
            if status
            for bit, kind in KINDS.items()
            if status & bit
        ]
        if tick.disobeyed:
            states += [
                (i, POWER_STILL_ON)
                for i, point in enumerate(self._points)
                if point.quantity == "feed" and point.working in tick.disobeyed
            ]
        return states

    def _go_on(self, key: tuple[int, str], tick: Tick) -> list[DeclaredAlarm]:
        running = self._running.get(key)
        begins = running is None
        if running is None:
            declared = key[1] != KINDS[ALARM] or self._rng.random() >= self._silent
            running = self._running[key] = _Running(tick.at, tick.at, bool(declared))
        if self._points[key[0]].kind == "MN" and key[1] != KINDS[SENSOR_FAULT]:
            running.values.append((tick.at, Decimal(tick.values[key[0]])))
        if not running.declared or not (begins or tick.at - running.told_at >= AGAIN):
            return []
        running.told_at = tick.at
        return [self._record(key, running, None)]

    def _end(self, key: tuple[int, str], tick: Tick) -> list[DeclaredAlarm]:
        running = self._running.pop(key)
        if not running.declared:
            return []
        record = self._record(key, running, tick.at)
        if self._rng.random() < TWICE:
            self._resend.append(record)
        return [record]

    def _record(self, key: tuple[int, str], running: _Running, ended_at: datetime | None) -> DeclaredAlarm:
        point, kind = self._points[key[0]], key[1]
        if not running.values:
            return DeclaredAlarm(point, kind, running.started_at, ended_at)
        by_value = sorted(running.values, key=lambda pair: pair[1])
        mean = sum((value for _, value in running.values), Decimal(0)) / len(running.values)
        (low_at, low), (high_at, high) = by_value[0], by_value[-1]
        return DeclaredAlarm(
            point, kind, running.started_at, ended_at, high, high_at, low, low_at, mean.quantize(Decimal("0.01"))
        )
