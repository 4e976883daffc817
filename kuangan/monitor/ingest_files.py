"""What was received before: is a file the same as an earlier one, is it older than a newer one of its type?"""

import threading

from django.db.models import Max

from kuangan.monitor.database import patiently
from kuangan.monitor.models import FeedFile, FileStatus

TAKEN = (FileStatus.done, FileStatus.partial, FileStatus.late)
"""Results of files whose content was taken over."""

_REMEMBERED = 256
"""Digests kept per mine; more files than that never wait for one transaction."""


class FileMemory:
    """Newest file time per mine and type, and digests of the files that are not in the database yet."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._newest: dict[tuple[int, str], int] = {}
        self._newest_of_mine: dict[int, int] = {}
        self._recent: dict[int, dict[str, None]] = {}

    def is_duplicate(self, mine_id: int, digest: str, seq: int, file_at: int) -> bool:
        """Whether a file with the same content was taken before this one.

        A file that is newer than everything the mine sent needs no look at the database.
        """
        if digest in self._recent.get(mine_id, ()):
            return True
        newest = self._newest_of_mine.get(mine_id)
        if newest is None:
            newest = self._newest_of_mine[mine_id] = patiently(lambda: _newest(seq, mine_id=mine_id), self._stop)
        if file_at > newest:
            return False
        rows = FeedFile.objects.filter(mine_id=mine_id, sha256=digest, journal_seq__lt=seq, status__in=TAKEN)
        return patiently(rows.exists, self._stop)

    def is_late(self, mine_id: int, type: str, at: int, seq: int) -> bool:  # noqa: A002  (the feed's own word)
        """Whether a newer file of the same type came before."""
        newest = self._newest.get((mine_id, type))
        if newest is None:
            newest = self._newest[mine_id, type] = patiently(
                lambda: _newest(seq, mine_id=mine_id, type=type), self._stop
            )
        return at < newest

    def remember(self, mine_id: int, type: str, digest: str, at: int) -> None:  # noqa: A002
        """A file was taken over."""
        key = (mine_id, type)
        self._newest[key] = max(at, self._newest.get(key, at))
        self._newest_of_mine[mine_id] = max(at, self._newest_of_mine.get(mine_id, at))
        recent = self._recent.setdefault(mine_id, {})
        recent[digest] = None
        if len(recent) > _REMEMBERED:
            del recent[next(iter(recent))]


def _newest(seq: int, **of: int | str) -> int:
    """The newest file time among the files of a mine (and type) that were taken before number `seq`; 0: none."""
    rows = FeedFile.objects.filter(journal_seq__lt=seq, status__in=TAKEN, **of)
    newest = rows.aggregate(newest=Max("header_at"))["newest"]
    return int(newest.timestamp()) if newest else 0
