"""The feeds of all mines of the city, cycle by cycle, each mine at its own second of the cycle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import pi, sin
from typing import Final

import numpy as np

from kuangan.base.clock import civil_date
from kuangan.emulate.plan.plan import CityPlan, MinePlan
from kuangan.emulate.sensors.chance import Chance
from kuangan.emulate.sensors.declaring import Declaring
from kuangan.emulate.sensors.faults import Fault
from kuangan.emulate.sensors.machine import MineMachine
from kuangan.emulate.sensors.wire import File, declarations, definitions, snapshot

CYCLE_S: Final = 30
FAULT_SHARE: Final = 0.008
"""Share of a mine's cycles whose files are spoiled by one of the chosen faults."""
LOOSENED: Final = Decimal("1.20")
"""The alarm set-point to which one mine changes a point of its own, against the law: the platform must notice."""


@dataclass(frozen=True)
class Due:
    """What one mine sends in one cycle, and when. ``down``: its line is interrupted, the files wait."""

    at: datetime
    mine_code: str
    files: list[File]
    down: bool


@dataclass(frozen=True)
class Outage:
    """Mines without a line from ``start`` (after the begin of the feed) for ``length``."""

    mines: frozenset[str] = frozenset()
    start: timedelta = timedelta(minutes=3)
    length: timedelta = timedelta(minutes=30)

    def covers(self, mine_code: str, since: timedelta) -> bool:
        return mine_code in self.mines and self.start <= since < self.start + self.length


class CityFeed:
    """All machines of a city from ``start`` on. The same plan, start and cycles give the same files."""

    def __init__(
        self, plan: CityPlan, start: datetime, faults: Sequence[Fault] = (), outage: Outage | None = None
    ) -> None:
        self._start = start
        self._faults = faults
        self._outage = outage or Outage()
        self._rng = np.random.default_rng([plan.seed, 41])
        self._mines = [_FeedMine(mine, start, plan.seed) for mine in plan.mines]

    def cycle(self, number: int) -> Iterator[Due]:
        """The files of cycle ``number`` (0, 1, …) of all mines, in the order in which they are due."""
        step = CYCLE_S / len(self._mines)
        for index, mine in enumerate(self._mines):
            at = self._start + timedelta(seconds=number * CYCLE_S + int(index * step))
            files = mine.files(at, pressure(at))
            if self._faults and self._rng.random() < FAULT_SHARE:
                files = self._faults[int(self._rng.integers(len(self._faults)))](files)
            yield Due(at, mine.plan.code, files, self._outage.covers(mine.plan.code, at - self._start))


class _FeedMine:
    def __init__(self, plan: MinePlan, start: datetime, seed: int) -> None:
        self.plan = plan
        self._machine = MineMachine(plan, start, seed)
        self._chance = Chance(plan, seed)
        self._declaring = Declaring(self._machine, seed)
        self._defined_on: object = None

    def files(self, at: datetime, pressure_now: float) -> list[File]:
        self._machine.add(*self._chance.draw(at, CYCLE_S))
        tick = self._machine.tick(at, pressure_now)
        files = [snapshot(self.plan, at, tick.values, tick.statuses)]
        if self._defined_on != civil_date(at):
            self._defined_on = civil_date(at)
            files.insert(0, definitions(self.plan, at))
        alarms = self._declaring.tell(tick)
        return [*files, declarations(self.plan, at, alarms)] if alarms else files


def pressure(at: datetime) -> float:
    """Air pressure above normal in hPa: the half-daily tide and weather of several days."""
    hours = at.timestamp() / 3600
    return 1.2 * sin(2 * pi * hours / 12) + 4.0 * sin(2 * pi * hours / 97) + 2.5 * sin(2 * pi * hours / 41)


def with_loosened_point(plan: CityPlan, index: int) -> CityPlan:
    """The city in which one mine has raised the alarm set-point of its first coal face's return above the law's."""
    mine = plan.mines[index]
    number = mine.methane("coal_face_return")
    point = mine.points[number]
    changed = replace(point, set_points=replace(point.set_points, alarm=LOOSENED, release=LOOSENED))
    points = (*mine.points[:number], changed, *mine.points[number + 1 :])
    mines = (*plan.mines[:index], replace(mine, points=points), *plan.mines[index + 1 :])
    return replace(plan, mines=mines)
