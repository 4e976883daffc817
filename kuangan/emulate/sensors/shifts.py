"""When coal is won: three shifts of eight hours, one of them for maintenance, and cutting cycles within the others.

Fitted to the same real longwall as `methane`: spells of winning last 670 s on average (their spread is as large, so they
are drawn from an exponential), most pauses are short (195 s), some long (stoppages, a mean of 60 min within a shift).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np

from kuangan.base.clock import BEIJING

SHIFT_HOURS: Final = 8
SHIFT_NAMES: Final = ("night", "early", "middle")
"""00–08, 08–16 and 16–24 Beijing."""
WARM_UP_S: Final = 2400
"""Walking in, inspection and preparation at the beginning of a shift."""
SPELL_S: Final = 670.0
PAUSE_S: Final = 195.0
STOPPAGE_S: Final = 3600.0
STOPPAGE_SHARE: Final = 0.10


def shift_of(moment: datetime) -> str:
    return SHIFT_NAMES[moment.astimezone(BEIJING).hour // SHIFT_HOURS]


def seconds_into_shift(moment: datetime) -> int:
    """Seconds since the shift began."""
    local = moment.astimezone(BEIJING)
    return (local.hour % SHIFT_HOURS) * 3600 + local.minute * 60 + local.second


class Cutting:
    """The cycles of one working place. Ask with moments that never go back."""

    def __init__(self, maintenance: str, rng: np.random.Generator) -> None:
        self.maintenance = maintenance
        self._spells = self._drawn(rng)
        self._winning = False
        self._until = 0.0

    def share(self, start: datetime, end: datetime) -> float:
        """The share of the time from ``start`` to ``end`` in which coal is won, 0 … 1."""
        return sum(self._wins(start.timestamp() + step) for step in _steps(end.timestamp() - start.timestamp())) / 4

    def _wins(self, at: float) -> bool:
        moment = datetime.fromtimestamp(at, BEIJING)
        if at > self._until + SHIFT_HOURS * 3600:
            self._until = at
        while self._until <= at:
            self._winning, length = next(self._spells)
            self._until += length
        if shift_of(moment) == self.maintenance or seconds_into_shift(moment) < WARM_UP_S:
            return False
        return self._winning

    @staticmethod
    def _drawn(rng: np.random.Generator) -> Iterator[tuple[bool, float]]:
        while True:
            yield True, float(rng.exponential(SPELL_S)) + 30.0
            stoppage = rng.random() < STOPPAGE_SHARE
            yield False, float(rng.exponential(STOPPAGE_S if stoppage else PAUSE_S)) + 15.0


def _steps(length: float) -> tuple[float, float, float, float]:
    return (length / 4, length / 2, length * 3 / 4, length)
