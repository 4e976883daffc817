"""What one file was and did, and what is kept out of it because of its time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from kuangan.monitor.feeds import BadRecord, Declarations, Definitions, FeedError, Header, PointText, Snapshot
from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import COUNTED, REACHED, Changes, EpisodeChange, Int32
from kuangan.monitor.times import beijing_text


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Late readings that reach their set-point and became no episode: how many, from when to when, the highest."""

    readings: int
    first: int
    last: int
    peak: int
    point: int


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What one file was and did. `readings` are kept rows; `late_unjudged` of them were too old to be judged.

    `unjudged`: what those among them that reach their set-point say; None when there are none. `valued`: the points
    that sent a number.
    """

    type: str
    header: Header
    records: int
    bad: tuple[BadRecord, ...]
    notes: tuple[str, ...]
    readings: int = 0
    described: tuple[PointText, ...] = ()
    texts: tuple[tuple[int, str], ...] = ()
    episodes: tuple[EpisodeChange, ...] = ()
    late: int = 0
    late_unjudged: int = 0
    duplicates: int = 0
    unjudged: Unjudged | None = None
    valued: Int32 = field(default_factory=lambda: np.empty(0, np.int32), compare=False)
    definitions: Definitions | None = None
    declared: Declarations | None = None


def outcome_of(snapshot: Snapshot, changes: Changes) -> FileOutcome:
    """What a file of readings was and did."""
    return FileOutcome(
        type="CDSS",
        header=snapshot.header,
        records=snapshot.records,
        bad=snapshot.bad,
        notes=snapshot.notes,
        readings=len(snapshot.point),
        described=snapshot.described,
        texts=tuple((int(snapshot.point[place]), text) for place, text in snapshot.texts.items()),
        episodes=tuple(changes.episodes),
        late=changes.late,
        late_unjudged=len(changes.late_unjudged),
        duplicates=changes.duplicates,
        unjudged=_unjudged(snapshot, changes),
        valued=snapshot.point[snapshot.value != NO_VALUE],
    )


def _unjudged(snapshot: Snapshot, changes: Changes) -> Unjudged | None:
    """What nobody would learn of the late readings that reach their set-point."""
    if not len(changes.late_unjudged):
        return None
    over = COUNTED | REACHED
    late = changes.late_unjudged[(changes.flags[changes.late_unjudged] & over) == over]
    if not len(late):
        return None
    times, top = snapshot.time[late], late[int(np.argmax(snapshot.value[late]))]
    return Unjudged(len(late), int(times.min()), int(times.max()), int(snapshot.value[top]), int(snapshot.point[top]))


def misdated(file_at: int, received_at: int) -> FeedError:
    """The file's own time is far from its receipt."""
    ahead = file_at > received_at
    word = "晚于" if ahead else "过早于"
    return FeedError(
        "future_dated" if ahead else "past_dated",
        f"文件时间 {beijing_text(file_at)} {word}接收时间 {beijing_text(received_at)}，已隔离，不参与判定",
        "文件头的数据上传时间",
        "请校准煤矿上传主机的时钟后重新上传。",
    )


def dated_within(snapshot: Snapshot, within: tuple[int, int]) -> Snapshot:
    """Records dated outside are bad: taken in, one ahead would make all later readings look late."""
    kept = (snapshot.time >= within[0]) & (snapshot.time <= within[1])
    if bool(kept.all()):
        return snapshot
    reported = {bad.record for bad in snapshot.bad}
    numbers = [number for number in range(1, snapshot.records + 1) if number not in reported]
    apart = [
        BadRecord(
            numbers[place],
            f"数据时间 {beijing_text(at)} {'晚于' if at > within[1] else '过早于'}接收时间",
            "",
        )
        for place, at in zip(np.flatnonzero(~kept).tolist(), snapshot.time[~kept].tolist(), strict=True)
    ]
    place = np.cumsum(kept) - 1
    return replace(
        snapshot,
        point=snapshot.point[kept],
        value=snapshot.value[kept],
        decimals=snapshot.decimals[kept],
        status=snapshot.status[kept],
        time=snapshot.time[kept],
        texts={int(place[at]): text for at, text in snapshot.texts.items() if kept[at]},
        bad=tuple(sorted((*snapshot.bad, *apart), key=lambda bad: bad.record)),
    )
