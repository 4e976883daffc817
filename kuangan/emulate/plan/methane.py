"""Methane that behaves: seeded series that rise while coal is won, drift from shift to shift, and are read in steps of 0.01.

The numbers below were fitted once to a real longwall of five days in steps of 30 s (two methane points, a flag "coal is
being won", air pressure). Method: least squares of the series on the flag passed through two first-order lags (time
constants chosen by smallest residue: 2 min and 2 h); the autocorrelation of the residue at 1, 10, 60, 120 and 480 steps
read as a short memory (0.90 a step) and a drift of hours; the slope against air pressure by a straight line. All amounts
are relative to the point's mean level, so that one behaviour serves many points. The series itself is not part of the program.

Fitted: means 0.36 and 0.78 %CH4; mean while winning / while not 0.45 / 0.33 and 0.96 / 0.69; standard deviation 0.117
and 0.269; autocorrelation after one step 0.993 and 0.987; -0.022 %CH4 for each hPa at the second point.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

QUICK_S: Final = 120.0
"""Time constant of the first answer to winning coal."""
SLOW_S: Final = 7200.0
"""Time constant of the slow answer: the goaf fills and empties."""
MEMORY_S: Final = 285.0
"""Time constant of the short memory (0.90 in 30 s)."""
PRESSURE_SHARE: Final = -0.028
"""Relative change for each hPa of air pressure above normal."""
WINNING_SHARE: Final = 0.309
"""Share of the time in which coal is won; the lags start there."""


@dataclass(frozen=True)
class Behaviour:
    """How a kind of place answers, relative to its mean level. ``drift_s``: time constant of the drift; ``spread``: deviation of drift and memory together."""

    rest: float
    quick: float
    slow: float
    spread: float
    memory_part: float
    drift_s: float


RETURN: Final = Behaviour(rest=0.701, quick=0.083, slow=0.904, spread=0.240, memory_part=0.25, drift_s=18_000.0)
"""The return airway of a coal face: the second fitted point."""
FACE: Final = Behaviour(rest=0.745, quick=0.162, slow=0.678, spread=0.235, memory_part=0.15, drift_s=28_800.0)
"""At the face, its corner and headings: the first fitted point."""
QUIET: Final = Behaviour(rest=0.95, quick=0.02, slow=0.10, spread=0.10, memory_part=0.3, drift_s=28_800.0)
"""Main airways, chambers, bunkers: little of the rhythm of winning is left."""


class Gas:
    """The methane of several points of one mine, moved forward step by step.

    ``levels``: mean levels in %CH4, one for each point; ``ceilings``: a value that ordinary gas only approaches (``inf``
    leaves it free). Every random number comes from ``rng``, so that the same seed and the same steps give the same series.
    """

    def __init__(self, behaviours: list[Behaviour], levels: Reals, ceilings: Reals, rng: np.random.Generator) -> None:
        self._rng = rng
        self._levels = levels
        self._ceilings = ceilings
        self._rest, self._quick_part, self._slow_part, spread, memory, self._drift_s = (
            np.array([getattr(behaviour, name) for behaviour in behaviours], dtype=np.float64)
            for name in ("rest", "quick", "slow", "spread", "memory_part", "drift_s")
        )
        self._memory_sd = spread * np.sqrt(memory)
        self._drift_sd = spread * np.sqrt(1.0 - memory)
        count = len(behaviours)
        self._quick = np.full(count, WINNING_SHARE)
        self._slow = np.full(count, WINNING_SHARE)
        self._memory = rng.standard_normal(count) * self._memory_sd
        self._drift = rng.standard_normal(count) * self._drift_sd

    def advance(self, winning: Reals, seconds: float, pressure: float = 0.0) -> Reals:
        """The values ``seconds`` later, %CH4, not yet read by an instrument.

        ``winning``: for each point the share of that time in which the place it belongs to won coal (0 … 1);
        ``pressure``: hPa above normal.
        """
        self._quick += (winning - self._quick) * (1.0 - np.exp(-seconds / QUICK_S))
        self._slow += (winning - self._slow) * (1.0 - np.exp(-seconds / SLOW_S))
        self._memory = self._wander(self._memory, self._memory_sd, np.exp(-seconds / MEMORY_S))
        self._drift = self._wander(self._drift, self._drift_sd, np.exp(-seconds / self._drift_s))
        relative = (
            self._rest + self._quick_part * self._quick + self._slow_part * self._slow + self._memory + self._drift
        )
        values = self._levels * (relative + PRESSURE_SHARE * pressure)
        return under_ceiling(np.maximum(values, 0.0), self._ceilings)

    def _wander(self, state: Reals, deviation: Reals, keep: Reals | np.float64) -> Reals:
        return state * keep + self._rng.standard_normal(len(state)) * deviation * np.sqrt(1.0 - keep * keep)


def under_ceiling(values: Reals, ceilings: Reals) -> Reals:
    """Values bent so that they approach their ceiling without reaching it; below 70 % of it nothing changes."""
    knee = 0.7 * ceilings
    with np.errstate(invalid="ignore"):
        room = ceilings - knee
        bent = knee + room * (1.0 - np.exp(-(values - knee) / room))
    return np.where(np.isfinite(ceilings) & (values > knee), bent, values)


def read(values: Reals, step: float = 0.01) -> Reals:
    """What an instrument shows: whole steps, halves away from zero."""
    return np.floor(values / step + 0.5) * step
