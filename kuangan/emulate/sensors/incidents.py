"""What happens to single points beside the ordinary: over-limits, calibrations, faults. Pure functions of time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Final, Literal

# bits of 测点状态
ALARM: Final = 1
CUT: Final = 2
CALIBRATING: Final = 4
STATION_FAULT: Final = 16
SENSOR_FAULT: Final = 128

STANDARD_GAS: Final = (1.02, 1.50, 2.00)
"""Concentrations of calibration gas in %CH4 as they are sold."""


@dataclass(frozen=True)
class Rise:
    """A real over-limit at one point: rise to ``peak`` within ``rise``, stay for ``hold``, then fall by half each ``half_life``."""

    point: int
    start: datetime
    rise: timedelta
    hold: timedelta
    peak: float
    half_life: timedelta

    @property
    def over_at(self) -> datetime:
        """When nothing is left of it."""
        return self.start + self.rise + self.hold + 6 * self.half_life

    def value(self, at: datetime, ordinary: float) -> float:
        """The methane at ``at`` where ``ordinary`` would be without it."""
        since = at - self.start
        if since < timedelta(0) or at >= self.over_at or self.peak <= ordinary:
            return ordinary
        if since < self.rise:
            return ordinary + (self.peak - ordinary) * (since / self.rise)
        falling = max(since - self.rise - self.hold, timedelta(0))
        return ordinary + (self.peak - ordinary) * exp(-0.6931 * (falling / self.half_life))


@dataclass(frozen=True)
class Calibration:
    """A calibration with standard gas. ``flagged``: the mine sets status bit 4, as it must; some do not."""

    point: int
    start: datetime
    length: timedelta
    gas: float
    flagged: bool

    @property
    def over_at(self) -> datetime:
        """The first moment after it."""
        return self.start + self.length

    def value(self, at: datetime, ordinary: float) -> float:
        """Zero gas for the first fifth, then the standard gas, then air again."""
        part = (at - self.start) / self.length
        if not 0 <= part < 1:
            return ordinary
        if part < 0.2:
            return 0.0
        return self.gas if part < 0.85 else 0.3 * self.gas


@dataclass(frozen=True)
class SensorFault:
    """A broken sensor (one point) or station (all points of it): ``status`` is the bit it shows, the value goes to nothing."""

    points: tuple[int, ...]
    start: datetime
    length: timedelta
    status: Literal[16, 128]

    @property
    def over_at(self) -> datetime:
        """The first moment after it."""
        return self.start + self.length

    def active(self, at: datetime) -> bool:
        """Whether it goes on at ``at``."""
        return self.start <= at < self.over_at


Incident = Rise | Calibration | SensorFault
