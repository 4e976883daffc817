"""Files that were set apart because a clock was wrong, and when they can be taken up after all.

Where many mines were off by the same amount, our clock was: their files are taken as they are once it is right. Where
one mine was ahead, its files are taken once its clock is right, their times put right by what it was ahead. What is far
too old without such a reason may be what it says; it stays apart and a person decides.
"""

import threading
from dataclasses import dataclass
from typing import Final

from kuangan.monitor.database import patiently
from kuangan.monitor.doubt.clock import LIKE, RECENT, ClockWatch, common_lead
from kuangan.monitor.models import FeedFile, FileStatus

APART: Final = (FileStatus.future, FileStatus.past)
AT_ONCE: Final = 64
"""Files that one tick takes up again."""
MOST: Final = 50_000
"""Files kept in mind; what lies further back stays apart until the next start."""


@dataclass(frozen=True, slots=True)
class Again:
    """A file to be taken up again, and how far the clock that set its times was ahead."""

    journal: int
    seq: int
    ahead: int


@dataclass(frozen=True, slots=True)
class _File:
    seq: int
    mine: str
    lead: int
    received_at: int


class Apart:
    """The files that wait. One thread uses it."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._files: dict[int, _File] | None = None

    def add(self, seq: int, mine: str, file_at: int, received_at: int) -> None:
        if self._files is not None and len(self._files) < MOST:
            self._files[seq] = _File(seq, mine, file_at - received_at, received_at)

    def due(self, at: int, watch: ClockWatch, within: tuple[int, int], journal: int) -> list[Again]:
        """What can be taken up at a moment, oldest first; each file is named once."""
        if self._files is None:
            self._files = self._load(journal)
        if not self._files or watch.moved_by() is not None:
            return []
        due: list[Again] = []
        for file in sorted(self._files.values(), key=lambda file: file.seq):
            ahead = self._ahead(file, watch)
            if ahead is None or not within[0] <= file.received_at + file.lead - ahead - at <= within[1]:
                continue
            due.append(Again(journal, file.seq, ahead))
            if len(due) == AT_ONCE:
                break
        for again in due:
            del self._files[again.seq]
        return due

    def _ahead(self, file: _File, watch: ClockWatch) -> int | None:
        """By how much the mine's clock was ahead for a file (0: ours was wrong); None: it has to wait."""
        if not watch.is_right(file.mine):
            return None
        if self._was_ours(file):
            return 0
        if file.lead < 0:
            return None
        files = (self._files or {}).values()
        same = [ours.lead for ours in files if ours.mine == file.mine and abs(ours.lead - file.lead) <= LIKE]
        return max(same)  # what was sent late says less than what was sent at once

    def _was_ours(self, file: _File) -> bool:
        near = {
            ours.mine: ours.lead
            for ours in (self._files or {}).values()
            if abs(ours.received_at - file.received_at) <= RECENT and abs(ours.lead - file.lead) <= LIKE
        }
        return common_lead(list(near.values()), len(near), 0) is not None

    def _load(self, journal: int) -> dict[int, _File]:
        files = FeedFile.objects.filter(status__in=APART, journal_id=journal, header_at__isnull=False)
        apart = patiently(
            lambda: list(
                files.order_by("-received_at").values_list("journal_seq", "mine__code", "header_at", "received_at")[
                    :MOST
                ]
            ),
            self._stop,
        )
        return {
            seq: _File(seq, mine, int((header - received).total_seconds()), int(received.timestamp()))
            for seq, mine, header, received in apart
            if header is not None
        }
