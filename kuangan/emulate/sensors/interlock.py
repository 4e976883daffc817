"""The methane interlock of one face: power goes off within 10 to 20 seconds and comes back by hand, after a look around."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np

DELAY_S: Final = (10.0, 20.0)
LOOK_AROUND_S: Final = (300.0, 900.0)


class Interlock:
    """``failing``: probability that the power stays on although it was ordered off."""

    def __init__(self, failing: float, rng: np.random.Generator) -> None:
        self._failing = failing
        self._rng = rng
        self._off_at: datetime | None = None
        self._on_at: datetime | None = None
        self._works = True
        self.ordered_at: datetime | None = None
        """Since when power is ordered off; None = it is not."""

    def step(self, at: datetime, *, cut: bool, below_restore: bool) -> None:
        """Tell what the gas does at ``at``: whether a point reached its cut-off, whether all are below their re-power limit."""
        if cut and self.ordered_at is None:
            self.ordered_at = at
            self._works = bool(self._rng.random() >= self._failing)
            self._off_at = at + timedelta(seconds=float(self._rng.uniform(*DELAY_S)))
        if cut:
            self._on_at = None
        elif self.ordered_at and below_restore and self._on_at is None:
            self._on_at = at + timedelta(seconds=float(self._rng.uniform(*LOOK_AROUND_S)))
        if self._on_at and at >= self._on_at:
            self.ordered_at = self._off_at = self._on_at = None

    def energised(self, at: datetime) -> bool:
        """Whether there is voltage at ``at``."""
        return not (self._works and self._off_at is not None and at >= self._off_at)

    def disobeyed(self, at: datetime) -> bool:
        """Whether the power is still on although it should be off by now."""
        return self._off_at is not None and at >= self._off_at and not self._works
