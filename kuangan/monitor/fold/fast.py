"""The fold that runs: state of one mine as flat arrays, stepped by compiled code. Meaning: fold.reference."""

from __future__ import annotations

from typing import Final

import numpy as np

from kuangan.monitor.fold import kernel, packed
from kuangan.monitor.fold.judge import judge
from kuangan.monitor.fold.types import GAP_AFTER, NEVER, Batch, Changes, EpisodeChange, Int64, Limits

VERSION: Final = 1
_ARRAYS: Final = ("base", "times", "values", "marks", "head", "count", "floor", "calm")
_RINGS: Final = ("times", "values", "marks")
_FIRST_ROOM: Final = 64


class FoldState:
    """Episodes in progress and the newest `window` readings of each point of a mine.

    Window: how many readings a late one may lie back and still be judged (128 ≈ one hour at 30 s).
    """

    def __init__(self, window: int = 128, merge_after: int = 600, gap_after: int = GAP_AFTER) -> None:
        self.window = window
        self.merge_after = merge_after
        self.gap_after = gap_after
        self.settled = 0
        self._make_room(0)

    def _make_room(self, points: int) -> None:
        ring = self.window + 1
        self.base = np.zeros((points, 2, kernel.COLUMNS), np.int64)
        self.times = np.zeros((ring, points), np.int64)
        self.values = np.zeros((ring, points), np.int64)
        self.marks = np.zeros((ring, points), np.uint8)
        self.head = np.zeros(points, np.int32)
        self.count = np.zeros(points, np.int32)
        self.floor = np.full(points, NEVER, np.int64)
        self.calm = np.ones(points, np.uint8)

    def grow_to(self, points: int) -> None:
        """Room for at least `points` points."""
        have = len(self.head)
        if points <= have:
            return
        kept = {name: getattr(self, name) for name in _ARRAYS}
        self._make_room(max(points, 2 * have, _FIRST_ROOM))
        for name, array in kept.items():
            target = getattr(self, name)
            if name in _RINGS:
                target[:, :have] = array
            else:
                target[:have] = array

    def to_bytes(self) -> bytes:
        """The whole state, versioned and compressed."""
        scalars = {
            "version": VERSION,
            "window": self.window,
            "merge_after": self.merge_after,
            "gap_after": self.gap_after,
            "settled": self.settled,
        }
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        # stored point by point: a ring's neighbours resemble each other and compress
        return packed.pack(scalars, arrays | {name: arrays[name].T for name in _RINGS})

    @classmethod
    def from_bytes(cls, stored: bytes) -> FoldState:
        """The state as stored. Raises ValueError for another version."""
        scalars, arrays = packed.unpack(stored)
        if scalars["version"] != VERSION:
            raise ValueError(
                f"fold state has version {scalars['version']}, this program reads {VERSION}: replay instead"
            )
        state = cls(scalars["window"], scalars["merge_after"], scalars.get("gap_after", GAP_AFTER))
        state.settled = scalars["settled"]
        for name in _ARRAYS:
            setattr(state, name, np.ascontiguousarray(arrays[name].T) if name in _RINGS else arrays[name])
        return state


def step(state: FoldState, batch: Batch, limits: Limits) -> Changes:
    """Take a batch in any order of time; the episodes that differ from before. See fold.reference.step."""
    return step_judged(state, batch, judge(batch, limits))


def step_judged(state: FoldState, batch: Batch, flags: np.typing.NDArray[np.uint8]) -> Changes:
    """The same for readings judged already (readings of several days have several limits)."""
    if not len(batch.point):
        return Changes([], flags=flags)
    state.grow_to(int(batch.point.max()) + 1)
    outcome = np.zeros(len(batch.point), np.uint8)
    changed = kernel.fold_rows(
        _grouped(batch.point), batch.point, batch.time, batch.value, flags,
        state.base, state.times, state.values, state.marks, state.head, state.count, state.floor, state.calm,
        state.window, state.settled, state.merge_after, state.gap_after, outcome,
    )  # fmt: skip
    if not outcome.any():
        return Changes(_changes(changed), flags=flags)
    return Changes(
        episodes=_changes(changed),
        late_unjudged=np.flatnonzero(outcome == kernel.UNJUDGED),
        late=int(np.count_nonzero(outcome == kernel.LATE)),
        duplicates=int(np.count_nonzero(outcome == kernel.DUPLICATE)),
        flags=flags,
    )


def settle(state: FoldState, at: int) -> Changes:
    """Let the clock pass: closed episodes whose grace is over at `at` become final without a further reading."""
    if at <= state.settled:
        return Changes([])
    changed = kernel.settle_rows(
        state.base, state.times, state.values, state.marks, state.head, state.count, state.floor, state.calm,
        state.window, state.settled, at, state.merge_after, state.gap_after,
    )  # fmt: skip
    state.settled = at
    return Changes(_changes(changed))


def _grouped(point: np.typing.NDArray[np.int32]) -> Int64:
    """Row order in which the rows of each point stand together, in the order they came."""
    if len(point) < 2 or bool((point[1:] > point[:-1]).all()):
        return np.arange(len(point))
    return np.argsort(point, kind="stable")


def _changes(changed: Int64) -> list[EpisodeChange]:
    return [
        EpisodeChange(
            point=point,
            started_at=started,
            ended_at=None if ended == NEVER else ended,
            final=phase == kernel.FINAL,
            peak=peak,
            peak_at=peak_at,
            readings=readings,
            excluded=bool(track),
            proposed="calibration" if track else None,
            uncertain=bool(doubt),
            power_off_at=None if cut == NEVER else cut,
            withdrawn=bool(withdrawn),
        )
        for point, track, withdrawn, phase, started, ended, peak, peak_at, readings, doubt, cut in changed.tolist()
    ]
