"""From the bytes of a file to episodes, live values and history rows: one object for ingest, replay and bench.

No database and no clock. State is by mine; files of different mines may be taken on different threads.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

import numpy as np

from kuangan.monitor.feeds import (
    PointRegistry,
    PointText,
    Snapshot,
    identify,
    parse_cddy,
    parse_ycbj,
)
from kuangan.monitor.feeds.cdss_fast import FastCdss
from kuangan.monitor.feeds.registry import MOST_POINTS
from kuangan.monitor.fold import fast, packed
from kuangan.monitor.fold.judge import judge
from kuangan.monitor.fold.silence import SilenceChange, SilenceState, hollow_silences, silences
from kuangan.monitor.fold.types import (
    GAP_AFTER,
    Batch,
    EpisodeChange,
    Limits,
    UInt8,
)
from kuangan.monitor.history import HistoryWriter, Part, Readings
from kuangan.monitor.ingest.outcome import FileOutcome, dated_within, misdated, outcome_of
from kuangan.monitor.live import Live
from kuangan.monitor.times import BEIJING_OFFSET, beijing_day

_DAY: Final = 86_400
_KEPT_DAYS: Final = 32
NEW_A_FILE: Final = 2000
NEW_A_DAY: Final = 3000
"""Points that a file and a day may add to a mine; the largest mine seen has 1,400 in all."""
_LIVE: Final = ("time", "value", "decimals", "status")


class LimitsSource(Protocol):
    """Who knows the set-points of a mine's points."""

    def limits(self, mine: str, points: Sequence[PointText], on: date) -> Limits:
        """Set-points in force on a civil day, one entry a point in registry order."""
        ...


class _Mine:
    def __init__(self, registry: PointRegistry, fold: fast.FoldState) -> None:
        self.registry = registry
        self.fold = fold
        self.parser = FastCdss(registry)
        self.live = Live.empty()
        self.silence = SilenceState()
        self.limits: dict[date, Limits] = {}
        self.seq = 0
        self.fresh = (0, 0)
        """A civil day and how many points were new on it."""

    def give_room(self, received_at: int) -> None:
        """Let the next file add as many points as file, day and mine still may."""
        day = (received_at + BEIJING_OFFSET) // _DAY
        if self.fresh[0] != day:
            self.fresh = (day, 0)
        self.registry.room = min(NEW_A_FILE, NEW_A_DAY - self.fresh[1], MOST_POINTS - len(self.registry))


class Pipeline:
    """All mines of one ingest process.

    future_after, past_after: seconds a file or record may lie ahead of its receipt or behind it. window, merge_after,
    gap_after: see fold.
    """

    def __init__(
        self,
        limits: LimitsSource,
        history: HistoryWriter | None = None,
        *,
        future_after: int = 600,
        past_after: int = 168 * 3600,
        window: int = 128,
        merge_after: int = 600,
        gap_after: int = GAP_AFTER,
    ) -> None:
        self.history = history
        self._source = limits
        self._future_after = future_after
        self._window = window
        self._merge_after = merge_after
        self._gap_after = gap_after
        self._past_after = past_after
        self._mines: dict[str, _Mine] = {}

    def take(
        self,
        mine: str,
        data: bytes,
        *,
        received_at: int,
        seq: int = 0,
        name: str | None = None,
        type: str | None = None,  # noqa: A002  (the feeds' own word)
        mine_codes: Collection[str] | None = None,
        ahead: int = 0,
    ) -> FileOutcome:
        """Take one decoded file of a mine. `mine_codes`: codes its files may carry (None: `mine` itself).

        `ahead`: seconds by which the mine's clock was found to be ahead; the readings' times are put right by it.

        Raises FeedError when the file is refused; nothing has changed then.
        """
        codes = {mine} if mine_codes is None else mine_codes
        identity = identify(data, name, type, codes)
        within = (received_at - self._past_after, received_at + self._future_after)
        if not within[0] <= identity.file_at - ahead <= within[1]:
            raise misdated(identity.file_at, received_at)
        state = self._mine(mine)
        state.give_room(received_at)
        outcome = self._take_typed(mine, state, identity.type, data, codes, within, ahead, seq)
        state.seq = max(state.seq, seq)
        if outcome.header.mine_code != mine:
            outcome = replace(
                outcome, notes=(*outcome.notes, f"以其他编码 {outcome.header.mine_code} 报送，按本矿入库")
            )
        return outcome

    def _take_typed(
        self,
        mine: str,
        state: _Mine,
        kind: str,
        data: bytes,
        codes: Collection[str],
        within: tuple[int, int],
        ahead: int,
        seq: int,
    ) -> FileOutcome:
        if kind == "CDDY":
            defined = parse_cddy(data, codes)
            return FileOutcome(kind, defined.header, defined.records, defined.bad, defined.notes, definitions=defined)
        if kind == "YCBJ":
            declared = parse_ycbj(data, codes)
            return FileOutcome(kind, declared.header, declared.records, declared.bad, declared.notes, declared=declared)
        known = len(state.registry)
        snapshot = state.parser.parse(data, codes)
        state.fresh = (state.fresh[0], state.fresh[1] + len(state.registry) - known)
        if ahead:
            snapshot = replace(snapshot, time=snapshot.time - ahead)
        return self._take_snapshot(mine, state, dated_within(snapshot, within), seq)

    def _take_snapshot(self, mine: str, state: _Mine, snapshot: Snapshot, seq: int) -> FileOutcome:
        if snapshot.described:
            state.limits.clear()
        batch = Batch(snapshot.point, snapshot.time, snapshot.value, snapshot.status)
        changes = fast.step_judged(state.fold, batch, self._judged(mine, state, batch))
        state.live.grow_to(state.registry.codes)
        state.live.take(snapshot)
        if self.history is not None and len(snapshot.point):
            readings = Readings(
                snapshot.point, snapshot.time, snapshot.value, snapshot.decimals, snapshot.status, changes.flags
            )
            self.history.add(mine, seq, state.registry.codes, readings)
        return outcome_of(snapshot, changes)

    def _judged(self, mine: str, state: _Mine, batch: Batch) -> UInt8:
        """Flags of each reading by the set-points of its own civil day."""
        day = (batch.time + BEIJING_OFFSET) // _DAY
        if not len(day) or day.min() == day.max():
            return judge(batch, self._limits(mine, state, int(batch.time[0]))) if len(day) else np.zeros(0, np.uint8)
        flags = np.zeros(len(day), np.uint8)
        for number in np.unique(day).tolist():
            of_day = day == number
            part = Batch(batch.point[of_day], batch.time[of_day], batch.value[of_day], batch.status[of_day])
            flags[of_day] = judge(part, self._limits(mine, state, number * _DAY - BEIJING_OFFSET))
        return flags

    def _limits(self, mine: str, state: _Mine, at: int) -> Limits:
        on = beijing_day(at)
        known = state.limits.get(on)
        if known is None:
            if len(state.limits) >= _KEPT_DAYS:
                state.limits.clear()
            known = state.limits[on] = self._source.limits(mine, state.registry.texts, on)
        return known

    def _mine(self, mine: str) -> _Mine:
        state = self._mines.get(mine)
        if state is None:
            state = self._mines[mine] = _Mine(
                PointRegistry(), fast.FoldState(self._window, self._merge_after, self._gap_after)
            )
        return state

    def forget_limits(self, mine: str) -> None:
        """Set-points, places or law changed: ask for them again. Readings judged already stay as judged."""
        self._mine(mine).limits.clear()

    def points(self, mine: str) -> Sequence[PointText]:
        """Points of a mine by index, as last described."""
        return self._mine(mine).registry.texts

    def live(self, mine: str) -> Live:
        """Newest values; the arrays are the pipeline's own, copy what is kept."""
        return self._mine(mine).live

    def settle(self, mine: str, at: int) -> list[EpisodeChange]:
        """Episodes that become final because their grace is over at `at`, also without further readings."""
        return fast.settle(self._mine(mine).fold, at).episodes

    def silence(
        self,
        mine: str,
        at: int,
        after: int,
        watched: np.typing.NDArray[np.bool_] | None = None,
        heard_at: int = 0,
    ) -> list[SilenceChange]:
        """Silences that begin or end by `at`; see fold.silence."""
        state = self._mine(mine)
        return silences(state.silence, state.live.time, at, after, watched, heard_at)

    def hollow(self, mine: str, after: int, watched: np.typing.NDArray[np.bool_]) -> list[SilenceChange]:
        """Watched points that send what does not count, or count again; see fold.silence."""
        state = self._mine(mine)
        live = state.live
        return hollow_silences(state.silence, live.time, live.value, live.status, after, watched)

    def checkpoint(self, mine: str) -> tuple[int, bytes, list[Part]]:
        """Write the mine's history buffer, then (sequence, state, parts written).

        Store them together, and only after the episodes are committed.
        """
        parts = self.history.flush(mine) if self.history is not None else []
        return self._mine(mine).seq, self.snapshot(mine), parts

    def snapshot(self, mine: str) -> bytes:
        """The mine's whole state; restore + replay of later frames continues exactly."""
        state = self._mine(mine)
        texts = [[text.code, text.type_name, text.place, text.unit] for text in state.registry.texts]
        silence = state.silence
        scalars = {"seq": state.seq, "texts": texts, "silent": list(silence.running.items())}
        scalars["hollow"] = [[point, *kept] for point, kept in silence.hollow.items()]
        arrays = {name: getattr(state.live, name) for name in _LIVE}
        return packed.pack(scalars, {**arrays, "fold": np.frombuffer(state.fold.to_bytes(), np.uint8)})

    def restore(self, mine: str, stored: bytes) -> int:
        """Take a snapshot's state; the sequence it reaches. Raises ValueError for bytes that are none."""
        scalars, arrays = packed.unpack(stored)
        registry = PointRegistry(PointText(index, *fields) for index, fields in enumerate(scalars["texts"]))
        state = _Mine(registry, fast.FoldState.from_bytes(arrays["fold"].tobytes()))
        state.live = Live(registry.codes, *(arrays[name] for name in _LIVE))
        state.silence.running = dict(scalars["silent"])
        state.silence.hollow = {point: (since, kind, told) for point, since, kind, told in scalars.get("hollow", ())}
        state.seq = int(scalars["seq"])
        self._mines[mine] = state
        return state.seq
