"""Silence as an episode of its own kind: data that do not come are a finding, never a good state.

The mine as a whole is silent when its newest reading (source time) is more than `after` seconds old; a point is silent
when the mine's other points have gone on for more than `after` seconds without it. A watched point that goes on sending, but
nothing that counts (no value, or a status under which no reading counts), is silent in its own way: its `kind` says how.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import NEVER, Int32, Int64

WHOLE_MINE: Final = -1

EMPTIED: Final = "emptied"
HELD_BACK: Final = ((64, "paused"), (128, "fault"), (16 | 32, "station"))
"""Status bits under which a reading does not count, and what such a point is: paused, faulty, cut off with its station."""
_BITS: Final = 16 | 32 | 64 | 128


@dataclass(frozen=True, slots=True)
class SilenceChange:
    """Silence of a point (WHOLE_MINE: of the feed) since its last reading; ended_at: the first newer reading seen.

    `kind`: "" nothing comes; otherwise what comes without counting, since the first such reading.
    """

    point: int
    started_at: int
    ended_at: int | None
    kind: str = ""


@dataclass(slots=True)
class SilenceState:
    """Silences in progress of one mine: point → start; of what comes without counting: point → start, kind, whether it was told."""

    running: dict[int, int] = field(default_factory=dict)
    hollow: dict[int, tuple[int, str, bool]] = field(default_factory=dict)


def silences(
    state: SilenceState,
    newest: Int64,
    at: int,
    after: int,
    watched: npt.NDArray[np.bool_] | None = None,
    heard_at: int = 0,
) -> list[SilenceChange]:
    """Silences that begin or end by `at`, sorted by point. `newest`: last reading by point, NEVER when none yet.

    Points outside `watched` (None: all) are not expected to send; a silence of theirs ends. `heard_at`: when the
    newest file was received; a mine whose files come, but late, is not silent.
    """
    if not len(newest) or newest.max() == NEVER:
        return []
    mine_newest = int(newest.max())
    silent = (newest != NEVER) & (mine_newest - np.maximum(newest, 0) > after)
    if watched is not None:
        silent &= watched
    since = {int(point): int(newest[point]) for point in np.flatnonzero(silent)}
    if at - mine_newest > after and (WHOLE_MINE in state.running or at - heard_at > after):
        since[WHOLE_MINE] = mine_newest
    changes = []
    for point, started_at in list(state.running.items()):
        if since.get(point) != started_at:
            last = mine_newest if point == WHOLE_MINE else int(newest[point])
            changes.append(SilenceChange(point, started_at, last if last > started_at else mine_newest))
            del state.running[point]
    for point, started_at in since.items():
        if point not in state.running:
            state.running[point] = started_at
            changes.append(SilenceChange(point, started_at, None))
    return sorted(changes, key=lambda change: (change.point, change.started_at))


def hollow_silences(
    state: SilenceState,
    newest: Int64,
    values: Int64,
    statuses: Int32,
    after: int,
    watched: npt.NDArray[np.bool_],
) -> list[SilenceChange]:
    """Watched points that send for more than `after` seconds what does not count, and those that count again, sorted by point."""
    hollow = watched & (newest != NEVER) & ((values == NO_VALUE) | ((statuses & _BITS) != 0))
    changes = []
    for point, (since, kind, told) in list(state.hollow.items()):
        if not hollow[point]:
            del state.hollow[point]
            if told:
                changes.append(SilenceChange(point, since, int(newest[point]), kind))
    for point in np.flatnonzero(hollow).tolist():
        seen = int(newest[point])
        since, kind, told = state.hollow.setdefault(point, (seen, _kind(int(statuses[point])), False))
        if not told and seen - since > after:
            state.hollow[point] = (since, kind, True)
            changes.append(SilenceChange(point, since, None, kind))
    return sorted(changes, key=lambda change: (change.point, change.started_at))


def _kind(status: int) -> str:
    return next((kind for bits, kind in HELD_BACK if status & bits), EMPTIED)


def wake_at(state: SilenceState, newest: Int64, after: int) -> int | None:
    """When to ask again if nothing comes: the moment the whole mine would fall silent; None when it is already."""
    if WHOLE_MINE in state.running or not len(newest) or newest.max() == NEVER:
        return None
    return int(newest.max()) + after + 1
