"""The journal's files on disk: `<first sequence>.journal`, in order; all but the last are sealed."""

from __future__ import annotations

import logging
import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final

from kuangan.monitor.journal.frames import Buffer, Damage, Frame, scan

SUFFIX: Final = ".journal"
_log: Final = logging.getLogger(__name__)


def segment_path(root: Path, first_seq: int) -> Path:
    """Where the segment that begins with `first_seq` lies."""
    return root / f"{first_seq:020d}{SUFFIX}"


def segments(root: Path) -> list[Path]:
    """All segments, oldest first."""
    return sorted(root.glob(f"*{SUFFIX}"))


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


def replay(root: Path, from_seq: int = 0, on_damage: Callable[[Damage], None] = report) -> Iterator[Frame]:
    """All frames from `from_seq` on, oldest first. A tail still being written is not an error and ends the replay."""
    paths = segments(root)
    for path, following in zip(paths, [*paths[1:], None], strict=True):
        if following is not None and first_seq(following) <= from_seq:
            continue
        with contents(path) as buffer:
            for _, item in scan(buffer, str(path)):
                if isinstance(item, Frame):
                    if item.seq >= from_seq:
                        yield item
                elif following is not None or item.stop < len(buffer):
                    on_damage(item)


def frame_at(root: Path, seq: int) -> Frame | None:
    """One frame, or None when it was expired or never written."""
    frame = next(replay(root, seq), None)
    return frame if frame is not None and frame.seq == seq else None


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
