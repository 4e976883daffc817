"""The journal's files on disk: `<first sequence>.journal`, in order; all but the last are sealed."""

from __future__ import annotations

import logging
import mmap
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Final

from kuangan.monitor.journal.frames import MAGIC, Buffer, Damage, Frame, decode, scan

SUFFIX: Final = ".journal"
_log: Final = logging.getLogger(__name__)


def segment_path(root: Path, first_seq: int) -> Path:
    """Where the segment that begins with `first_seq` lies."""
    return root / f"{first_seq:020d}{SUFFIX}"


def segments(root: Path) -> list[Path]:
    """All segments, oldest first; a file that somebody else named is none."""
    return sorted(path for path in root.glob(f"*{SUFFIX}") if path.stem.isascii() and path.stem.isdigit())


def first_seq(path: Path) -> int:
    """The sequence number a segment begins with."""
    return int(path.stem)


@contextmanager
def contents(path: Path) -> Iterator[Buffer]:
    """A segment's bytes, mapped."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def report(damage: Damage) -> None:
    """Default for damage met while reading: say it in the log; the frames around it are still read."""
    _log.error(
        "日志段 %s 第 %d 至 %d 字节损坏，其中的文件无法读出。请核对磁盘，并请有关煤矿补传该时段数据。",
        damage.path, damage.start, damage.stop,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that should stand in the journal and do not; `damage`: the bytes in which they were, when it is those."""

    first: int
    last: int
    damage: Damage | None = None


def report_gap(gap: Gap) -> None:
    """Default for a gap met while reading: say it in the log."""
    _log.error("接收日志缺少流水号 %d 至 %d。", gap.first, gap.last)


def replay(
    root: Path,
    from_seq: int = 0,
    on_damage: Callable[[Damage], None] = report,
    on_gap: Callable[[Gap], None] = report_gap,
) -> Iterator[Frame]:
    """All files from `from_seq` on, oldest first; numbers missing between them (or before the first) are told.

    A tail still being written is not an error and ends the replay.
    """
    paths = segments(root)
    expected, damage = from_seq, None
    for path, following in zip_longest(paths, paths[1:]):
        if following is not None and first_seq(following) <= from_seq:
            continue
        with contents(path) as buffer:
            for _, item in scan(buffer, str(path)):
                if isinstance(item, Damage):
                    if following is not None or item.stop < len(buffer):
                        on_damage(item)
                        damage = item
                    continue
                if 0 < expected < item.numbers.start:
                    on_gap(Gap(expected, item.numbers.start - 1, damage))
                expected, damage = max(expected, item.seq + 1), None
                if item.seq >= from_seq and item.is_file:
                    yield item


def gaps_between(root: Path, newest: int = 0) -> Iterator[Gap]:
    """Numbers missing between the segments (0: all, else the newest), found by names and last frames only."""
    for path, following in pairwise(segments(root)[-newest:]):
        last, begins = last_frame(path), _first_number(following)
        if last is not None and begins is not None and begins > last.seq + 1:
            yield Gap(last.seq + 1, begins - 1)


def gaps_of(damage: Damage) -> Iterator[Gap]:
    """The numbers that stood in damaged bytes, by the frames before and after them in their segment."""
    path = Path(damage.path)
    before = first_seq(path) - 1
    with contents(path) as buffer:
        for at, item in scan(buffer, damage.path):
            if isinstance(item, Frame):
                if at >= damage.stop:
                    if item.numbers.start > before + 1:
                        yield Gap(before + 1, item.numbers.start - 1, damage)
                    return
                before = item.seq


def damages(path: Path) -> list[Damage]:
    """Damaged bytes of a sealed segment; it is read whole."""
    with contents(path) as buffer:
        return [item for _, item in scan(buffer, str(path)) if isinstance(item, Damage)]


def whole_bytes(path: Path) -> int:
    """Up to which byte a segment, to which a frame may just be written, is whole."""
    with contents(path) as buffer:
        end = len(buffer)
        for at, item in scan(buffer):
            if isinstance(item, Damage) and item.stop == end:
                return at
        return end


def last_frame(path: Path) -> Frame | None:
    """The last whole frame of a segment."""
    with contents(path) as buffer:
        at = len(buffer)
        while (at := buffer.rfind(MAGIC, 0, at)) >= 0:
            decoded = decode(buffer, at)
            if decoded is not None:
                return decoded[0]
    return None


def _first_number(path: Path) -> int | None:
    with contents(path) as buffer:
        first = next((item for _, item in scan(buffer) if isinstance(item, Frame)), None)
    return None if first is None else first.numbers.start


def frame_at(root: Path, seq: int) -> Frame | None:
    """One file, or None when it was expired, lost or never written."""
    return next(frames_of(root, {seq}), None)


def frames_of(root: Path, wanted: Collection[int]) -> Iterator[Frame]:
    """The files with these numbers as far as the journal has them, in their order; each segment is read once."""
    paths = segments(root)
    for path, following in zip_longest(paths, paths[1:]):
        first, end = first_seq(path), first_seq(following) if following is not None else None
        if any(first <= seq and (end is None or seq < end) for seq in wanted):
            with contents(path) as buffer:
                for _, item in scan(buffer, str(path)):
                    if isinstance(item, Frame) and item.is_file and item.seq in wanted:
                        yield item


def expire(root: Path, before: int, cursor: int) -> list[Path]:
    """Delete sealed segments all of whose frames were received before `before` and have a sequence below `cursor`."""
    deleted = []
    paths = segments(root)
    for path, following in pairwise(paths):
        if first_seq(following) > cursor or _last_received(path) >= before:
            break
        path.unlink()
        deleted.append(path)
    return deleted


def _last_received(path: Path) -> int:
    with contents(path) as buffer:
        return max((item.received_at for _, item in scan(buffer) if isinstance(item, Frame)), default=0)
