"""Silence as an episode of its own kind: data that do not come are a finding, never a good state.

The mine as a whole is silent when its newest reading (source time) is more than `after` seconds old; a point is silent
when the mine's other points have gone on for more than `after` seconds without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from kuangan.monitor.fold.types import NEVER, Int64

WHOLE_MINE: Final = -1


@dataclass(frozen=True, slots=True)
class SilenceChange:
    """Silence of a point (WHOLE_MINE: of the feed) since its last reading; ended_at: the first newer reading seen."""

    point: int
    started_at: int
    ended_at: int | None


@dataclass(slots=True)
class SilenceState:
    """Silences in progress of one mine: point → start."""

    running: dict[int, int] = field(default_factory=dict)


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


def wake_at(state: SilenceState, newest: Int64, after: int) -> int | None:
    """When to ask again if nothing comes: the moment the whole mine would fall silent; None when it is already."""
    if WHOLE_MINE in state.running or not len(newest) or newest.max() == NEVER:
        return None
    return int(newest.max()) + after + 1
