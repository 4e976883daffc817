"""The newest reading of each point of a mine. An older file never overwrites a newer value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kuangan.monitor.feeds import Snapshot
from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import NEVER


@dataclass(slots=True)
class Live:
    """By registry index: time (NEVER: no reading yet), value micro-units or NO_VALUE, printed decimals, status."""

    codes: list[str]
    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.int64]
    decimals: npt.NDArray[np.uint8]
    status: npt.NDArray[np.int32]

    @classmethod
    def empty(cls) -> Live:
        kinds = (np.int64, np.int64, np.uint8, np.int32)
        time, value, decimals, status = (np.empty(0, kind) for kind in kinds)
        return cls([], time, value, decimals, status)  # type: ignore[arg-type]  # numpy cannot tell the kinds apart

    def grow_to(self, codes: list[str]) -> None:
        """Room for all points of the registry."""
        more = len(codes) - len(self.time)
        self.codes = codes
        if more > 0:
            self.time = np.concatenate((self.time, np.full(more, NEVER, np.int64)))
            self.value = np.concatenate((self.value, np.full(more, NO_VALUE, np.int64)))
            self.decimals = np.concatenate((self.decimals, np.zeros(more, np.uint8)))
            self.status = np.concatenate((self.status, np.zeros(more, np.int32)))

    def take(self, snapshot: Snapshot) -> None:
        """Keep what is at least as new as what is known; of several readings of one point the newest."""
        places = np.flatnonzero(snapshot.time >= self.time[snapshot.point])
        if not len(places):
            return
        if bool((np.diff(snapshot.time[places]) < 0).any()):
            places = places[np.argsort(snapshot.time[places], kind="stable")]
        # where a point stands twice, the later assignment stays
        point = snapshot.point[places]
        self.time[point] = snapshot.time[places]
        self.value[point] = snapshot.value[places]
        self.decimals[point] = snapshot.decimals[places]
        self.status[point] = snapshot.status[places]
