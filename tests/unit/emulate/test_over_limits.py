"""Every over-limit on the wire is an episode of its own or joins the one before it at its point; none is lost, none invented.

What is expected is read from the text of the files alone, without parser or fold.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kuangan.emulate.plan.city import city_plan
from kuangan.emulate.plan.plan import MinePlan
from kuangan.emulate.sensors.chance import Chance
from kuangan.emulate.sensors.feed import CYCLE_S
from kuangan.emulate.sensors.incidents import Rise
from kuangan.emulate.sensors.machine import MineMachine
from kuangan.emulate.sensors.wire import File, snapshot
from kuangan.law.limit import limit
from kuangan.monitor.fixed import to_units
from kuangan.monitor.fold.types import EpisodeChange, Limits
from kuangan.monitor.ingest.limits import judgement
from kuangan.monitor.ingest.pipeline import Pipeline

ON = date(2026, 3, 10)
START = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)  # 22:00 in Beijing
EARLY_SHIFT = START + timedelta(hours=10)
"""In which sensors are calibrated."""
LENGTH = timedelta(hours=4)
BUSY = 500
"""How many times more often than in the demonstration something happens at these mines."""
MERGE_AFTER = 600
NOT_COUNTED = 4 | 16 | 32 | 64 | 128
CORNER = "return_corner"
PLAN = city_plan(mines=7, on=ON)
"""The mines of the demonstration's history."""


class OfTheLaw:
    """The limits of the places at which the plan puts its points."""

    def __init__(self, mine: MinePlan) -> None:
        self._places = {point.code: point.place for point in mine.points}

    def limits(self, mine, points, on):
        judged = [judgement(self._places[point.code], "", None, on) for point in points]
        return Limits.of([point.limit if point else None for point in judged])


@dataclass(frozen=True)
class OverLimit:
    """From the first counted value at or above the limit to the first one below it."""

    started_at: int
    ended_at: int | None
    peak: Decimal


def files_of(machine: MineMachine, start: datetime, length: timedelta, chance: Chance | None = None) -> Iterator[File]:
    for step in range(1, int(length.total_seconds()) // CYCLE_S + 1):
        at = start + timedelta(seconds=step * CYCLE_S)
        if chance is not None:
            machine.add(*chance.draw(at, CYCLE_S * BUSY))
        tick = machine.tick(at)
        yield snapshot(machine.plan, at, tick.values, tick.statuses)


def episodes_of(mine: MinePlan, files: Sequence[File]) -> dict[tuple[str, int], EpisodeChange]:
    """What parser and fold make of the files, calibrations left out."""
    pipeline = Pipeline(OfTheLaw(mine), merge_after=MERGE_AFTER)
    episodes: dict[tuple[str, int], EpisodeChange] = {}
    for file in files:
        taken = pipeline.take(mine.code, file.body, received_at=int((EARLY_SHIFT + LENGTH).timestamp()), name=file.name)
        codes = pipeline.live(mine.code).codes
        episodes |= {(codes[episode.point], episode.started_at): episode for episode in taken.episodes}
    return {key: episode for key, episode in episodes.items() if not episode.withdrawn and not episode.excluded}


def over_limits_of(mine: MinePlan, files: Sequence[File]) -> dict[str, list[OverLimit]]:
    """The over-limits that the files tell, by point."""
    alarms = {point.code: limit("ch4", point.place, ON).alarm for point in mine.points if point.place}
    series: dict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for file in files:
        for record in file.body.decode().split("~")[1:-1]:
            code, _, _, value, _, status, moment = record.split(";")
            if code in alarms and value != "-9999" and not int(status) & NOT_COUNTED:
                at = datetime.fromisoformat(f"{moment}+08:00")
                series[code].append((int(at.timestamp()), Decimal(value)))
    return {code: list(runs_above(readings, alarms[code])) for code, readings in series.items()}


def runs_above(readings: Sequence[tuple[int, Decimal]], alarm: Decimal) -> Iterator[OverLimit]:
    running: OverLimit | None = None
    for at, value in readings:
        if value >= alarm:
            running = replace(running, peak=max(running.peak, value)) if running else OverLimit(at, None, value)
        elif running:
            yield replace(running, ended_at=at)
            running = None
    if running:
        yield running


def joined(over_limits: Sequence[OverLimit]) -> list[OverLimit]:
    """Those that begin at most ten minutes after the end of the one before are one with it."""
    kept: list[OverLimit] = []
    for over in over_limits:
        before = kept[-1] if kept else None
        if before and before.ended_at is not None and over.started_at - before.ended_at <= MERGE_AFTER:
            kept[-1] = OverLimit(before.started_at, over.ended_at, max(before.peak, over.peak))
        else:
            kept.append(over)
    return kept


def told(episodes: dict[tuple[str, int], EpisodeChange]) -> dict[tuple[str, int], tuple[int | None, int]]:
    return {key: (episode.ended_at, episode.peak) for key, episode in episodes.items()}


def expected(over_limits: dict[str, list[OverLimit]]) -> dict[tuple[str, int], tuple[int | None, int]]:
    return {
        (code, over.started_at): (over.ended_at, to_units(over.peak))
        for code, of_point in over_limits.items()
        for over in joined(of_point)
    }


def test_each_over_limit_of_busy_hours_is_one_episode_or_joins_the_one_before() -> None:
    on_the_wire = judged = 0
    for mine, start in ((PLAN.mines[0], START), (PLAN.mines[5], EARLY_SHIFT)):
        machine = MineMachine(mine, start, PLAN.seed)
        files = list(files_of(machine, start, LENGTH, Chance(mine, PLAN.seed)))
        over_limits = over_limits_of(mine, files)
        episodes = told(episodes_of(mine, files))
        assert episodes == expected(over_limits)
        on_the_wire += sum(len(of_point) for of_point in over_limits.values())
        judged += len(episodes)
    assert on_the_wire > judged > 50, "many over-limits, and some that join the one before"


def sent_again_after(minutes: float) -> dict[tuple[str, int], tuple[int | None, int]]:
    """The story's last mine, still over its limit when its program starts anew, goes over it again later: the corner's episodes."""
    mine = PLAN.mines[5]
    corner = mine.methane(CORNER)

    def rise(at: datetime) -> Rise:
        return Rise(corner, at, timedelta(minutes=1), timedelta(minutes=9), 1.38, timedelta(minutes=3))

    first = MineMachine(mine, START, PLAN.seed)
    first.add(rise(START + timedelta(minutes=1)))
    files = list(files_of(first, START, timedelta(minutes=9)))
    again = START + timedelta(minutes=9)
    second = MineMachine(mine, again, PLAN.seed)
    second.add(replace(rise(again + timedelta(minutes=minutes)), rise=timedelta(seconds=1), hold=timedelta(minutes=2)))
    files += files_of(second, again, timedelta(minutes=30))
    episodes = told(episodes_of(mine, files))
    assert episodes == expected(over_limits_of(mine, files))
    return {key: episode for key, episode in episodes.items() if key[0] == mine.points[corner].code}


def test_a_rise_in_the_ten_minutes_after_an_open_over_limit_ended_is_no_second_episode() -> None:
    assert len(sent_again_after(5)) == 1
    assert len(sent_again_after(12)) == 2
