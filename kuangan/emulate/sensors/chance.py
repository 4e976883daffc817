"""Incidents that happen by themselves, drawn from the seed: how often, where, how high."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from kuangan.emulate.plan.plan import MinePlan
from kuangan.emulate.sensors.incidents import (
    SENSOR_FAULT,
    STANDARD_GAS,
    STATION_FAULT,
    Calibration,
    Incident,
    Rise,
    SensorFault,
)
from kuangan.emulate.sensors.shifts import shift_of

DAY_S: Final = 86_400.0
RISES_A_DAY: Final = 0.25
"""Real over-limits of one mine: with 110 mines about one an hour, so that a demonstration shows something."""
CALIBRATIONS_A_DAY: Final = 0.5
"""Of one mine; they fall into the early shift."""
FAULTS_A_DAY: Final = 0.15
UNFLAGGED: Final = 0.15
"""Share of calibrations without the status bit that the standard asks for."""
MAIN_PLACES: Final = ("return_corner", "coal_face_return", "heading_face", "heading_return")


class Chance:
    """The incidents of one mine."""

    def __init__(self, plan: MinePlan, seed: int) -> None:
        self._plan = plan
        self._rng = np.random.default_rng([seed, int(plan.code), 29])
        self._methane = [index for index, point in enumerate(plan.points) if point.behaviour]

    def draw(self, at: datetime, seconds: float) -> list[Incident]:
        """What begins in the ``seconds`` before ``at``."""
        incidents: list[Incident] = []
        part = seconds / DAY_S
        if self._rng.random() < RISES_A_DAY * part:
            incidents += self._rise(at)
        if self._rng.random() < CALIBRATIONS_A_DAY * part * 3 and shift_of(at) == "early":
            incidents.append(self._calibration(at))
        if self._rng.random() < FAULTS_A_DAY * part:
            incidents.append(self._fault(at))
        return incidents

    def _rise(self, at: datetime) -> list[Incident]:
        places = [i for i in self._methane if self._plan.points[i].place in MAIN_PLACES]
        point = int(self._rng.choice(places))
        peak = 1.0 + float(self._rng.exponential(0.25)) + 0.03
        return list(rise_with_neighbours(self._plan, point, at, min(peak, 3.9), self._rng))

    def _calibration(self, at: datetime) -> Calibration:
        point = int(self._rng.choice(self._methane))
        length = timedelta(minutes=float(self._rng.uniform(10, 20)))
        gas = float(self._rng.choice(STANDARD_GAS))
        return Calibration(point, at, length, gas, bool(self._rng.random() >= UNFLAGGED))

    def _fault(self, at: datetime) -> SensorFault:
        length = timedelta(minutes=float(self._rng.uniform(5, 60)))
        point = int(self._rng.choice(self._methane))
        if self._rng.random() < 0.7:
            return SensorFault((point,), at, length, SENSOR_FAULT)
        station = self._plan.points[point].station
        return SensorFault(
            tuple(i for i, point in enumerate(self._plan.points) if point.station == station), at, length, STATION_FAULT
        )


def rise_with_neighbours(
    plan: MinePlan, point: int, at: datetime, peak: float, rng: np.random.Generator
) -> tuple[Rise, ...]:
    """An over-limit at ``point`` and, later and weaker, at the other methane points of the same face."""
    rise, hold = timedelta(minutes=float(rng.uniform(2, 6))), timedelta(minutes=float(rng.uniform(1, 6)))
    half_life = timedelta(minutes=float(rng.uniform(2, 5)))
    main = Rise(point, at, rise, hold, peak, half_life)
    face = plan.points[point].working
    others = [
        i for i, other in enumerate(plan.points)
        if i != point and face >= 0 and other.working == face and other.behaviour and other.place != "coal_face_intake"
    ]  # fmt: skip
    delays = rng.uniform(30, 90, len(others))
    shares = rng.uniform(0.72, 0.92, len(others))
    return (
        main,
        *(
            Rise(i, at + timedelta(seconds=float(delay)), rise, hold, peak * float(share), half_life)
            for i, delay, share in zip(others, delays, shares, strict=True)
        ),
    )
