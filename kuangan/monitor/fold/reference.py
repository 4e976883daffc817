"""The fold in plain Python: the meaning of "episode", written to be read. `fold.fast` must agree event by event.

Per point two machines run over its readings in event time, one reading a second:
- real: opens at a counted reading that reaches the set-point, closes at the first counted one below re-power;
- calibration: the same over readings taken while calibrating; it also closes at the first counted reading.
A rise at most `merge_after` seconds after the closing reading re-opens the same episode; only later is it final.
An open episode does not reach across more than `gap_after` seconds without a reading: it ends with the last one before.

To re-judge late readings, each point keeps its newest `window` readings and, as `base`, the machines as they stood
before them. A reading older than everything kept is not judged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import (
    BELOW,
    CALIBRATING,
    COUNTED,
    GAP_AFTER,
    NO_LIMIT,
    POWER_OFF,
    REACHED,
    STATUS_CALIBRATING,
    STATUS_KNOWN,
    STATUS_OVER_RANGE,
    UNCERTAIN,
    Batch,
    Changes,
    EpisodeChange,
    Limits,
)

Judged = tuple[int, int, int]
"""(time, value, flags)"""


def judge_one(value: int, status: int, limits: Limits, point: int) -> int:
    """Flags of one reading; see fold.judge."""
    if value == NO_VALUE:
        return 0
    alarm, power_off, re_power = (int(column[point]) for column in (limits.alarm, limits.power_off, limits.re_power))
    strict = bool(limits.strict[point])

    def reaches(limit: int) -> bool:
        return limit != NO_LIMIT and (value > limit if strict else value >= limit)

    flags = 0
    excluded = status & limits.excluded
    if not excluded:
        flags |= COUNTED | (UNCERTAIN if status & ~STATUS_KNOWN else 0)
    elif status & STATUS_CALIBRATING and not excluded & ~(STATUS_CALIBRATING | STATUS_OVER_RANGE):
        flags |= CALIBRATING
    if reaches(alarm):
        flags |= REACHED
    elif value < re_power or re_power == NO_LIMIT:
        flags |= BELOW
    return flags | (POWER_OFF if reaches(power_off) else 0)


@dataclass(slots=True)
class EpisodeTrack:
    """One machine: idle (`episode` None), open (`episode.ended_at` None) or closed and waiting for its grace."""

    point: int
    calibration: bool
    episode: EpisodeChange | None = None

    def step(self, reading: Judged, previous: int | None, merge_after: int, gap_after: int) -> EpisodeChange | None:
        """Take one reading later than all before (`previous` is the last); the episode that became final by it, if any."""
        time, value, flags = reading
        finished = self._break_off(time, previous, gap_after) or self.finish(time, merge_after)
        if self._mine(flags) and flags & REACHED and (self.episode is None or self.episode.ended_at is not None):
            self._rise(time, value, flags)
        elif self.episode is not None and self.episode.ended_at is None:
            if self._falls(flags):
                self.episode = replace(self.episode, ended_at=time)
            elif self._mine(flags):
                self._count(time, value, flags)
        return finished

    def _break_off(self, time: int, previous: int | None, gap_after: int) -> EpisodeChange | None:
        """End an open episode with the reading before a gap."""
        episode = self.episode
        if episode is None or episode.ended_at is not None or previous is None or time - previous <= gap_after:
            return None
        self.episode = None
        return replace(episode, ended_at=previous, final=True)

    def finish(self, time: int, merge_after: int) -> EpisodeChange | None:
        """Let the episode go when `time` is past its grace."""
        episode = self.episode
        if episode is None or episode.ended_at is None or time - episode.ended_at <= merge_after:
            return None
        self.episode = None
        return replace(episode, final=True)

    def _mine(self, flags: int) -> bool:
        return bool(flags & (CALIBRATING if self.calibration else COUNTED))

    def _falls(self, flags: int) -> bool:
        if self.calibration and flags & COUNTED:
            return True  # calibration is over
        return self._mine(flags) and bool(flags & BELOW)

    def _rise(self, time: int, value: int, flags: int) -> None:
        self.episode = (
            replace(self.episode, ended_at=None)
            if self.episode
            else EpisodeChange(
                point=self.point,
                started_at=time,
                ended_at=None,
                final=False,
                peak=value,
                peak_at=time,
                readings=0,
                excluded=self.calibration,
                proposed="calibration" if self.calibration else None,
                uncertain=False,
                power_off_at=None,
            )
        )
        self._count(time, value, flags)

    def _count(self, time: int, value: int, flags: int) -> None:
        episode = self.episode
        if episode is None:
            return
        higher = value > episode.peak
        cut = time if flags & POWER_OFF and episode.power_off_at is None else episode.power_off_at
        self.episode = replace(
            episode,
            readings=episode.readings + 1,
            peak=value if higher else episode.peak,
            peak_at=time if higher else episode.peak_at,
            uncertain=episode.uncertain or bool(flags & UNCERTAIN),
            power_off_at=cut,
        )


@dataclass(slots=True)
class PointFold:
    """One point: the machines before the window, and the window sorted by time."""

    base: tuple[EpisodeTrack, EpisodeTrack]
    window: list[Judged] = field(default_factory=list)
    floor: int | None = None

    def episodes(self, merge_after: int, gap_after: int, settled: int) -> dict[int, EpisodeChange]:
        """All episodes that touch the window, by start."""
        episodes: dict[int, EpisodeChange] = {}
        for base in self.base:
            track, previous = replace(base), self.floor
            for reading in self.window:
                _keep(episodes, track.step(reading, previous, merge_after, gap_after))
                previous = reading[0]
            _keep(episodes, track.finish(settled, merge_after))
            _keep(episodes, track.episode)
        return episodes

    def evict(self, merge_after: int, gap_after: int) -> Iterator[EpisodeChange]:
        """Move the oldest reading of the window into the base; episodes that became final by it."""
        oldest, previous = self.window.pop(0), self.floor
        self.floor = oldest[0]
        for track in self.base:
            finished = track.step(oldest, previous, merge_after, gap_after)
            if finished:
                yield finished


def _keep(episodes: dict[int, EpisodeChange], episode: EpisodeChange | None) -> None:
    if episode is not None:
        episodes[episode.started_at] = episode


@dataclass(slots=True)
class ReferenceState:
    """Fold state of one mine. `settled`: the clock up to which closed episodes were declared final."""

    window: int = 128
    merge_after: int = 600
    gap_after: int = GAP_AFTER
    settled: int = 0
    points: dict[int, PointFold] = field(default_factory=dict)

    def point(self, index: int) -> PointFold:
        """State of a point, made on first use."""
        return self.points.setdefault(
            index, PointFold((EpisodeTrack(index, calibration=False), EpisodeTrack(index, calibration=True)))
        )


def step(state: ReferenceState, batch: Batch, limits: Limits) -> Changes:
    """Take a batch in any order of time; the episodes that differ from before."""
    flags = np.zeros(len(batch.point), np.uint8)
    before: dict[int, dict[int, EpisodeChange]] = {}
    completed: dict[int, dict[int, EpisodeChange]] = {}
    unjudged: list[int] = []
    late = duplicates = 0
    for place, (index, time, value, status) in enumerate(_readings(batch)):
        judged = (time, value, judge_one(value, status, limits, index))
        flags[place] = judged[2]
        point = state.point(index)
        if index not in before:
            before[index] = point.episodes(state.merge_after, state.gap_after, state.settled)
            completed[index] = {}
        if point.floor is not None and time <= point.floor:
            unjudged.append(place)
            continue
        newest = point.window[-1][0] if point.window else time
        if not _insert(point.window, judged):
            duplicates += 1
            continue
        late += time < newest
        if len(point.window) > state.window:
            for finished in point.evict(state.merge_after, state.gap_after):
                completed[index][finished.started_at] = finished
    episodes = [
        change
        for index in sorted(before)
        for change in _difference(
            before[index],
            completed[index] | state.points[index].episodes(state.merge_after, state.gap_after, state.settled),
        )
    ]
    return Changes(episodes, np.array(unjudged, np.int64), late, duplicates, flags)


def settle(state: ReferenceState, at: int) -> Changes:
    """Let the clock pass: closed episodes whose grace is over at `at` become final without a further reading."""
    before = {
        index: point.episodes(state.merge_after, state.gap_after, state.settled)
        for index, point in state.points.items()
    }
    state.settled = max(state.settled, at)
    episodes = [
        change
        for index in sorted(before)
        for change in _difference(
            before[index], state.points[index].episodes(state.merge_after, state.gap_after, state.settled)
        )
    ]
    return Changes(episodes)


def _readings(batch: Batch) -> Iterator[tuple[int, int, int, int]]:
    columns = (batch.point, batch.time, batch.value, batch.status)
    return zip(*(column.tolist() for column in columns), strict=True)


def _insert(window: list[Judged], judged: Judged) -> bool:
    """Put a reading in its place. Of two in the same second the stricter stays: counted, then higher, then flags."""
    place = bisect_left(window, judged[0], key=lambda kept: kept[0])
    if place == len(window) or window[place][0] != judged[0]:
        window.insert(place, judged)
        return True
    if _strictness(judged) <= _strictness(window[place]):
        return False
    window[place] = judged
    return True


def _strictness(judged: Judged) -> tuple[int, int, int]:
    _, value, flags = judged
    return flags & COUNTED, value, flags


def _difference(before: dict[int, EpisodeChange], after: dict[int, EpisodeChange]) -> Iterator[EpisodeChange]:
    for started_at in sorted(before.keys() | after.keys()):
        new = after.get(started_at)
        if new is None:
            yield replace(before[started_at], withdrawn=True)
        elif new != before.get(started_at):
            yield new
