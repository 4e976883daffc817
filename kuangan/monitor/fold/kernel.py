"""Compiled core of the fold. Same meaning as fold.reference; arrays instead of objects, no Python inside.

A track is a row of eight int64 (see the column names). Two tracks a point: 0 real, 1 calibration.

Longer than other modules on purpose: Numba keeps compiled code by the file of the function that is called, and would
go on using an old helper of another file.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from kuangan.monitor._numba import compiled

PHASE: Final = 0
STARTED: Final = 1
ENDED: Final = 2
PEAK: Final = 3
PEAK_AT: Final = 4
READINGS: Final = 5
DOUBT: Final = 6
CUT_AT: Final = 7
COLUMNS: Final = 8

IDLE: Final = 0
OPEN: Final = 1
CLOSED: Final = 2
FINAL: Final = 3

_COUNTED: Final = 1
_REACHED: Final = 2
_BELOW: Final = 4
_POWER_OFF: Final = 8
_CALIBRATING: Final = 16
_UNCERTAIN: Final = 32
_NEVER: Final = -(2**63)

ROW: Final = COLUMNS + 3
"""An output row: point, track, withdrawn, then the eight columns."""

_KNOWN: Final = 0
_REPLACED: Final = 1
_INSERTED: Final = 2

JUDGED: Final = 0
UNJUDGED: Final = 1
DUPLICATE: Final = 2
LATE: Final = 3

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
UInt8 = npt.NDArray[np.uint8]


@compiled
def track_step(
    track: Int64, own: int, time: int, value: int, flags: int, previous: int, merge_after: int, gap_after: int, done: Int64
) -> bool:  # fmt: skip
    """One reading through one machine; True when an episode became final by it (copied to `done`).

    `previous`: the point's reading before it, NEVER when there is none.
    """
    finished = False
    if track[PHASE] == OPEN and previous != _NEVER and time - previous > gap_after:
        done[:] = track
        done[ENDED] = previous
        done[PHASE] = FINAL
        track[PHASE] = IDLE
        finished = True
    if track[PHASE] == CLOSED and time - track[ENDED] > merge_after:
        done[:] = track
        done[PHASE] = FINAL
        track[PHASE] = IDLE
        finished = True
    mine = (flags & own) != 0
    if mine and (flags & _REACHED) and track[PHASE] != OPEN:
        if track[PHASE] == IDLE:
            track[STARTED] = time
            track[PEAK] = value
            track[PEAK_AT] = time
            track[READINGS] = 0
            track[DOUBT] = 0
            track[CUT_AT] = _NEVER
        track[ENDED] = _NEVER
        track[PHASE] = OPEN
        _count(track, time, value, flags)
    elif track[PHASE] == OPEN:
        if (own == _CALIBRATING and (flags & _COUNTED)) or (mine and (flags & _BELOW)):
            track[ENDED] = time
            track[PHASE] = CLOSED
        elif mine:
            _count(track, time, value, flags)
    return finished


@compiled
def _count(track: Int64, time: int, value: int, flags: int) -> None:
    track[READINGS] += 1
    if value > track[PEAK]:
        track[PEAK] = value
        track[PEAK_AT] = time
    if flags & _UNCERTAIN:
        track[DOUBT] = 1
    if (flags & _POWER_OFF) and track[CUT_AT] == _NEVER:
        track[CUT_AT] = time


@compiled
def _put(episodes: Int64, used: int, track_number: int, track: Int64) -> int:
    episodes[used, 0] = track_number
    episodes[used, 1:] = track
    return used + 1


@compiled
def episodes_of(
    base: Int64, times: Int64, values: Int64, flags: UInt8, head: int, count: int, floor: int, settled: int,
    merge_after: int, gap_after: int, episodes: Int64, used: int,
) -> tuple[int, bool]:  # fmt: skip
    """Append all episodes that touch one point's window to `episodes` (track number, columns); how many are used and whether calm.

    Calm: no episode is open or may still be joined, so a reading that does not reach the set-point changes nothing.
    """
    size = times.shape[0]
    done = np.empty(COLUMNS, np.int64)
    calm = True
    for number in range(2):
        own = _COUNTED if number == 0 else _CALIBRATING
        track = base[number].copy()
        for offset in range(count):
            place = (head + offset) % size
            if track[PHASE] == IDLE and not ((flags[place] & own) and (flags[place] & _REACHED)):
                continue
            previous = times[(place - 1) % size] if offset else floor
            if track_step(
                track, own, times[place], values[place], flags[place], previous, merge_after, gap_after, done
            ):
                used = _put(episodes, used, number, done)
        if track[PHASE] == CLOSED and settled - track[ENDED] > merge_after:
            track[PHASE] = FINAL
        if track[PHASE] != IDLE:
            used = _put(episodes, used, number, track)
        calm = calm and (track[PHASE] == IDLE or track[PHASE] == FINAL)
    return used, calm


@compiled
def _evict(
    base: Int64, times: Int64, values: Int64, flags: UInt8, place: int, previous: int, merge_after: int, gap_after: int,
    episodes: Int64, used: int,
) -> int:  # fmt: skip
    """Run the oldest reading through the base machines; episodes that became final by it are appended to `episodes`."""
    done = np.empty(COLUMNS, np.int64)
    for number in range(2):
        own = _COUNTED if number == 0 else _CALIBRATING
        if track_step(
            base[number], own, times[place], values[place], flags[place], previous, merge_after, gap_after, done
        ):
            used = _put(episodes, used, number, done)
    return used


@compiled
def _insert(times: Int64, values: Int64, flags: UInt8, head: int, count: int, time: int, value: int, flag: int) -> int:
    """Put a reading into a ring that has room, in order of time. Of two in one second the stricter stays."""
    size = times.shape[0]
    place = count
    while place > 0 and times[(head + place - 1) % size] > time:
        place -= 1
    if place > 0 and times[(head + place - 1) % size] == time:
        known = (head + place - 1) % size
        old, new = flags[known] & _COUNTED, flag & _COUNTED
        stricter = new > old or (
            new == old and (value > values[known] or (value == values[known] and flag > flags[known]))
        )
        if stricter:
            values[known] = value
            flags[known] = flag
            return _REPLACED
        return _KNOWN
    for offset in range(count, place, -1):
        to, source = (head + offset) % size, (head + offset - 1) % size
        times[to], values[to], flags[to] = times[source], values[source], flags[source]
    to = (head + place) % size
    times[to], values[to], flags[to] = time, value, flag
    return _INSERTED


@compiled
def difference(point: int, before: Int64, n_before: int, after: Int64, n_after: int, out: Int64, used: int) -> int:
    """Append to `out` what differs, sorted by start: new and changed episodes, and withdrawn ones."""
    first = used
    for new in range(n_after):
        same = False
        for old in range(n_before):
            if before[old, 1 + STARTED] == after[new, 1 + STARTED]:
                same = True
                for column in range(1 + COLUMNS):
                    same = same and before[old, column] == after[new, column]
        if not same:
            used = _emit(point, after[new], 0, out, first, used)
    for old in range(n_before):
        gone = True
        for new in range(n_after):
            gone = gone and before[old, 1 + STARTED] != after[new, 1 + STARTED]
        if gone:
            used = _emit(point, before[old], 1, out, first, used)
    return used


@compiled
def _emit(point: int, episode: Int64, withdrawn: int, out: Int64, first: int, used: int) -> int:
    place = used
    while place > first and out[place - 1, 3 + STARTED] > episode[1 + STARTED]:
        out[place] = out[place - 1]
        place -= 1
    out[place, 0] = point
    out[place, 1] = episode[0]
    out[place, 2] = withdrawn
    out[place, 3:] = episode[1:]
    return used + 1


@compiled
def grown(episodes: Int64, used: int, needed: int) -> Int64:
    """`episodes`, or a larger copy when `needed` more do not fit."""
    if used + needed <= episodes.shape[0]:
        return episodes
    larger = np.empty((2 * (used + needed), episodes.shape[1]), np.int64)
    larger[:used] = episodes[:used]
    return larger


@compiled
def _harmless(flags: int) -> bool:
    """The reading cannot open an episode."""
    return not (flags & _REACHED) or not (flags & (_COUNTED | _CALIBRATING))


@compiled
def fold_rows(
    order: Int64, point: Int32, time: Int64, value: Int64, flags: UInt8,
    base: Int64, times: Int64, values: Int64, marks: UInt8, head: Int32, count: Int32, floor: Int64, calm: UInt8,
    window: int, settled: int, merge_after: int, gap_after: int, outcome: UInt8,
) -> Int64:  # fmt: skip
    """Fold a batch whose rows, taken by `order`, are grouped by point; returns the output rows.

    Rings (columns of times, values and marks) have `window + 1` places, so that a reading is inserted before the oldest
    is evicted. Points stand side by side, for a snapshot touches the same place of all rings: neighbouring memory. `outcome` receives
    JUDGED, UNJUDGED, DUPLICATE or LATE for each row.
    """
    # The calm readings are taken here, not in a function of their own: handing it the rings costs some 150 ns a point,
    # and where every point sends one reading that is three times what the reading itself costs (measured).
    size = window + 1
    out = np.empty((16, ROW), np.int64)
    spare = np.empty((2, 1 + COLUMNS), np.int64)
    used = start = 0
    total = order.shape[0]
    while start < total:
        p = point[order[start]]
        while start < total and point[order[start]] == p and calm[p]:
            reading = order[start]
            newest = times[(head[p] + count[p] - 1) % size, p] if count[p] else _NEVER
            if time[reading] <= newest or not _harmless(flags[reading]):
                break
            place = (head[p] + count[p]) % size
            times[place, p], values[place, p], marks[place, p] = time[reading], value[reading], flags[reading]
            if count[p] < window:
                count[p] += 1
            else:
                oldest, previous = head[p], floor[p]
                floor[p] = times[oldest, p]
                head[p] = (oldest + 1) % size
                if base[p, 0, PHASE] != IDLE or base[p, 1, PHASE] != IDLE or not _harmless(marks[oldest, p]):
                    _evict(
                        base[p],
                        times[:, p],
                        values[:, p],
                        marks[:, p],
                        oldest,
                        previous,
                        merge_after,
                        gap_after,
                        spare,
                        0,
                    )
            start += 1
        stop = start
        while stop < total and point[order[stop]] == p:
            stop += 1
        if stop > start:
            out, used = _fold_point(
                p, order[start:stop], time, value, flags, base[p], times[:, p], values[:, p], marks[:, p], head, count, floor,
                calm, window, settled, merge_after, gap_after, outcome, out, used,
            )  # fmt: skip
        start = stop
    return out[:used]


@compiled
def _fold_point(
    p: int, order: Int64, time: Int64, value: Int64, flags: UInt8,
    base: Int64, times: Int64, values: Int64, marks: UInt8, head: Int32, count: Int32, floor: Int64, calm: UInt8,
    window: int, settled: int, merge_after: int, gap_after: int, outcome: UInt8, out: Int64, used: int,
) -> tuple[Int64, int]:  # fmt: skip
    """Fold the rows of one point whose episodes may change; its changes are appended to `out`."""
    size = window + 1
    room = 2 * (window + 4 + order.shape[0])
    before = np.empty((room, 1 + COLUMNS), np.int64)
    after = np.empty((room, 1 + COLUMNS), np.int64)
    n_before, _ = episodes_of(
        base, times, values, marks, head[p], count[p], floor[p], settled, merge_after, gap_after, before, 0
    )
    n_after = 0
    for reading in order:
        if time[reading] <= floor[p]:
            outcome[reading] = UNJUDGED
            continue
        newest = times[(head[p] + count[p] - 1) % size] if count[p] else time[reading]
        placed = _insert(times, values, marks, head[p], count[p], time[reading], value[reading], flags[reading])
        if placed == _KNOWN:
            outcome[reading] = DUPLICATE
            continue
        if time[reading] < newest:
            outcome[reading] = LATE
        if placed == _REPLACED:
            continue
        count[p] += 1
        if count[p] > window:
            oldest, previous = head[p], floor[p]
            floor[p] = times[oldest]
            n_after = _evict(base, times, values, marks, oldest, previous, merge_after, gap_after, after, n_after)
            head[p] = (oldest + 1) % size
            count[p] -= 1
    n_after, is_calm = episodes_of(
        base, times, values, marks, head[p], count[p], floor[p], settled, merge_after, gap_after, after, n_after
    )
    calm[p] = is_calm
    out = grown(out, used, n_before + n_after)
    return out, difference(p, before, n_before, after, n_after, out, used)


@compiled
def settle_rows(
    base: Int64, times: Int64, values: Int64, marks: UInt8, head: Int32, count: Int32, floor: Int64, calm: UInt8,
    window: int, settled: int, at: int, merge_after: int, gap_after: int,
) -> Int64:  # fmt: skip
    """Output rows of the episodes that become final when the clock moves from `settled` to `at`."""
    out = np.empty((16, ROW), np.int64)
    before = np.empty((2 * (window + 4), 1 + COLUMNS), np.int64)
    after = np.empty((2 * (window + 4), 1 + COLUMNS), np.int64)
    used = 0
    for p in range(base.shape[0]):
        if calm[p]:
            continue
        n_before, _ = episodes_of(
            base[p], times[:, p], values[:, p], marks[:, p], head[p], count[p], floor[p], settled, merge_after, gap_after,
            before, 0,
        )  # fmt: skip
        n_after, is_calm = episodes_of(
            base[p], times[:, p], values[:, p], marks[:, p], head[p], count[p], floor[p], at, merge_after, gap_after,
            after, 0,
        )  # fmt: skip
        calm[p] = is_calm
        out = grown(out, used, n_before + n_after)
        used = difference(p, before, n_before, after, n_after, out, used)
    return out[:used]
