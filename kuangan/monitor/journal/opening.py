"""What is found when the journal is opened for writing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kuangan.monitor.journal.frames import Damage, Frame, claimed_after, scan
from kuangan.monitor.journal.segments import contents, first_seq, last_frame, segments

GROUP_FILES: Final = 128
"""Files that one sync makes durable at most, and so as many numbers as a torn tail may have begun."""


@dataclass(frozen=True, slots=True)
class TornTail:
    """What a crash left at the end of the last segment; never acknowledged, cut off at opening."""

    path: Path
    offset: int
    bytes_cut: int


@dataclass(frozen=True, slots=True)
class OpenedJournal:
    """What opening found: next number, the highest one that a torn tail began, the tail, damage between frames."""

    next_seq: int
    claimed: int
    torn: TornTail | None
    damaged: list[Damage]


def recover(root: Path) -> OpenedJournal:
    """Look at the last segment; a torn tail is cut off."""
    paths = segments(root)
    if not paths:
        return OpenedJournal(1, 0, None, [])
    last = paths[-1]
    before = last_frame(paths[-2]) if len(paths) > 1 else None
    next_seq, damaged, end = max(first_seq(last), before.seq + 1 if before else 0), [], last.stat().st_size
    with contents(last) as buffer:
        for _, item in scan(buffer, str(last)):
            if isinstance(item, Frame):
                next_seq = item.seq + 1
            else:
                damaged.append(item)
        if not damaged or damaged[-1].stop != end:
            return OpenedJournal(next_seq, next_seq - 1, None, damaged)
        tail = damaged.pop()
        claimed = claimed_after(buffer, tail.start, next_seq, GROUP_FILES)
    with last.open("r+b") as file:
        file.truncate(tail.start)
        os.fsync(file.fileno())
    return OpenedJournal(next_seq, claimed, TornTail(last, tail.start, end - tail.start), damaged)
