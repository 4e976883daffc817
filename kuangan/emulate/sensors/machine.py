"""One invented mine in motion: from tick to tick the readings of all its points."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf, isnan
from typing import Final

import numpy as np

from kuangan.emulate.plan.methane import Gas, read
from kuangan.emulate.plan.plan import MinePlan, PointPlan
from kuangan.emulate.sensors.incidents import ALARM, CALIBRATING, CUT, Calibration, Incident, SensorFault
from kuangan.emulate.sensors.interlock import Interlock
from kuangan.emulate.sensors.shifts import SHIFT_NAMES, Cutting

FAILING_INTERLOCKS: Final = 0.08
"""Share of power-offs that do not happen although ordered."""
NO_VALUE: Final = "-9999"
WOBBLE: Final = {"wind": 0.05, "temperature": 0.015, "co": 0.25}
"""Relative deviation of what is not methane."""
WOBBLE_S: Final = 1800.0
DOOR_OPEN: Final = 0.03
FORMATS: Final = {"methane": "{:.2f}", "wind": "{:.2f}", "temperature": "{:.1f}", "co": "{:.0f}"}
CEILING_SHARE: Final = 0.97
"""Ordinary gas stays below this share of the alarm set-point: over-limits are incidents, not noise."""


@dataclass(frozen=True)
class Tick:
    """All readings at one moment, in the order of the plan. ``values`` as written on the wire; ``numbers`` NaN = no value."""

    at: datetime
    values: list[str]
    numbers: list[float]
    statuses: list[int]
    disobeyed: frozenset[int]
    """Faces whose power is still on although it was ordered off."""


class MineMachine:
    """A mine whose moments never go back. Same plan, seed and moments: same readings."""

    def __init__(self, plan: MinePlan, start: datetime, seed: int, failing: float = FAILING_INTERLOCKS) -> None:
        self.plan = plan
        rng = np.random.default_rng([seed, int(plan.code), int(start.timestamp())])
        self._rng = rng
        self._last = start
        self.incidents: list[Incident] = []
        self._methane = [index for index, point in enumerate(plan.points) if point.behaviour]
        self._gas = _gas(plan, self._methane, rng)
        self._cutting = [Cutting(SHIFT_NAMES[1 + index % 2], rng) for index in range(len(plan.faces))]
        self._interlocks = [Interlock(failing, rng) for _ in plan.faces]
        self._wobble = rng.standard_normal(len(plan.points))

    def add(self, *incidents: Incident) -> None:
        """Let these happen when their time comes."""
        self.incidents.extend(incidents)

    def tick(self, at: datetime, pressure: float = 0.0) -> Tick:
        """The readings at ``at``; ``pressure`` in hPa above normal."""
        seconds = max((at - self._last).total_seconds(), 1.0)
        ordinary = self._ordinary(at, seconds, pressure)
        self._last = at
        self.incidents = [incident for incident in self.incidents if incident.over_at > at]
        numbers, statuses = self._with_incidents(at, ordinary)
        self._judge(at, numbers, statuses)
        self._show_power(at, numbers)
        values = [_shown(point, number) for point, number in zip(self.plan.points, numbers, strict=True)]
        disobeyed = frozenset(index for index, lock in enumerate(self._interlocks) if lock.disobeyed(at))
        return Tick(at, values, numbers, statuses, disobeyed)

    def _ordinary(self, at: datetime, seconds: float, pressure: float) -> list[float]:
        """What every point would show if nothing happened."""
        shares = [self._winning(face, at, seconds) for face in range(len(self.plan.faces))]
        winning = np.array([shares[point] if point >= 0 else 0.3 for point in self._working()])
        keep = np.exp(-seconds / WOBBLE_S)
        self._wobble = self._wobble * keep + self._rng.standard_normal(len(self._wobble)) * np.sqrt(1.0 - keep * keep)
        numbers = [self._other(index, point) for index, point in enumerate(self.plan.points)]
        for index, value in zip(self._methane, read(self._gas.advance(winning, seconds, pressure)), strict=True):
            numbers[index] = float(value)
        return numbers

    def _winning(self, face: int, at: datetime, seconds: float) -> float:
        share = self._cutting[face].share(at - timedelta(seconds=seconds), at)
        return share if self._interlocks[face].energised(at) else 0.0

    def _working(self) -> list[int]:
        return [self.plan.points[index].working for index in self._methane]

    def _other(self, index: int, point: PointPlan) -> float:
        if point.quantity == "door":
            return float(self._rng.random() < DOOR_OPEN)
        deviation = WOBBLE.get(point.quantity, 0.0)
        return max(point.level * (1.0 + deviation * float(self._wobble[index])), 0.0)

    def _with_incidents(self, at: datetime, numbers: list[float]) -> tuple[list[float], list[int]]:
        statuses = [0] * len(numbers)
        for incident in self.incidents:
            if isinstance(incident, SensorFault):
                for point in incident.points if incident.active(at) else ():
                    numbers[point], statuses[point] = float("nan"), incident.status
            elif not isnan(numbers[incident.point]):
                numbers[incident.point] = float(read(np.array([incident.value(at, numbers[incident.point])]))[0])
                if isinstance(incident, Calibration) and incident.flagged and incident.start <= at:
                    statuses[incident.point] |= CALIBRATING
        return numbers, statuses

    def _judge(self, at: datetime, numbers: list[float], statuses: list[int]) -> None:
        """Set the alarm and power-off bits as the mine's own system does, and move the interlocks.

        Standard gas cuts the power like any other (the interlock is tested with it); only the bits say calibration alone.
        """
        cutting, high = set[int](), set[int]()
        for index in self._methane:
            point, value = self.plan.points[index], numbers[index]
            limits = point.set_points
            if isnan(value) or limits.alarm is None:
                continue
            shown = not statuses[index] & CALIBRATING
            if shown and value >= float(limits.alarm) - 1e-9:
                statuses[index] |= ALARM
            if limits.cut is not None and value >= float(limits.cut) - 1e-9:
                cutting.add(point.working)
                statuses[index] |= CUT if shown else 0
            if limits.restore is not None and value >= float(limits.restore) - 1e-9:
                high.add(point.working)
        for face, lock in enumerate(self._interlocks):
            lock.step(at, cut=face in cutting, below_restore=face not in high)

    def _show_power(self, at: datetime, numbers: list[float]) -> None:
        for index, point in enumerate(self.plan.points):
            if point.quantity == "feed" and not isnan(numbers[index]):
                numbers[index] = float(self._interlocks[point.working].energised(at))


def _gas(plan: MinePlan, methane: list[int], rng: np.random.Generator) -> Gas:
    points = [plan.points[index] for index in methane]
    ceilings = [CEILING_SHARE * float(point.set_points.alarm) if point.set_points.alarm else inf for point in points]
    levels = np.array([point.level for point in points])
    return Gas([point.behaviour for point in points if point.behaviour], levels, np.array(ceilings), rng)


def _shown(point: PointPlan, number: float) -> str:
    if isnan(number):
        return NO_VALUE
    return FORMATS.get(point.quantity, "{:.0f}").format(number)
