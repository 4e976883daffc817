"""What was received before: is a file the same as an earlier one, is it older than a newer one of its type?"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Max

from kuangan.base import clock
from kuangan.monitor.database import patiently
from kuangan.monitor.models import FeedFile, FileStatus
from kuangan.monitor.recovery.history import TAKEN

REMEMBERED = timedelta(days=8)
"""Files received within this time are known by heart; whether an older one came before is asked of the database."""
CLOCK_SLACK = 3600
"""Seconds by which a file's own time may lie ahead of its receipt."""
_RECENT = 4096
"""Digests kept beside the sorted ones until all are read anew; more files than that never wait for one transaction."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Files of a mine received since `since`: the first 8 bytes of their digests, ascending, and their numbers.

    The number is 0 for a file of another journal: it came before any file of this one.
    """

    since: int
    digests: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.int64]

    def has_before(self, digest: str, seq: int) -> bool:
        """Whether a file that begins with the same digest came before number `seq`."""
        wanted = np.uint64(int(digest[:16], 16))
        start, stop = (int(np.searchsorted(self.digests, wanted, side)) for side in ("left", "right"))
        return bool((self.numbers[start:stop] < seq).any())


class FileMemory:
    """Digests of the files that history holds, and the newest file time per mine and type.

    A file whose rows were lost is not among them: it is wanted again.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.journal = 1
        self.came_again = False
        """A file that was lost has been taken again since this was last set to False."""
        self._newest: dict[tuple[int, str], int] = {}
        self._known: dict[int, _Known] = {}
        self._recent: dict[int, dict[str, int]] = {}
        self._lost: set[tuple[int, str]] | None = None

    def is_duplicate(self, mine_id: int, digest: str, seq: int, file_at: int) -> bool:
        """Whether a file with the same content was taken before this one and is not lost."""
        recent = self._recent.get(mine_id, {}).get(digest)
        if recent is not None and recent < seq:
            return True
        known = self._known.get(mine_id)
        if known is None:
            known = self._known[mine_id] = patiently(lambda: _known(mine_id, self.journal), self._stop)
        if file_at > known.since + CLOCK_SLACK and not known.has_before(digest, seq):
            return False
        files = FeedFile.objects.filter(mine_id=mine_id, sha256=digest, status__in=TAKEN)
        return patiently(files.exclude(journal_id=self.journal, journal_seq__gte=seq).exists, self._stop)

    def is_late(self, mine_id: int, type: str, at: int, seq: int) -> bool:  # noqa: A002  (the feed's own word)
        """Whether a newer file of the same type came before."""
        newest = self._newest.get((mine_id, type))
        if newest is None:
            newest = self._newest[mine_id, type] = patiently(
                lambda: _newest(self.journal, seq, mine_id=mine_id, type=type), self._stop
            )
        return at < newest

    def remember(self, mine_id: int, type: str, digest: str, seq: int, at: int) -> None:  # noqa: A002
        """A file was taken over."""
        key = (mine_id, type)
        self._newest[key] = max(at, self._newest.get(key, at))
        recent = self._recent.setdefault(mine_id, {})
        recent[digest] = seq
        if len(recent) > _RECENT:
            self._known.pop(mine_id, None)
            self._recent[mine_id] = dict(list(recent.items())[_RECENT // 2 :])
        if (mine_id, digest) in self._lost_files():
            self._lost_files().discard((mine_id, digest))
            self.came_again = True

    def lose(self, files: Iterable[FeedFile]) -> None:
        """These files are wanted again."""
        for file in files:
            self._lost_files().add((file.mine_id, file.sha256))
            self._recent.get(file.mine_id, {}).pop(file.sha256, None)

    def _lost_files(self) -> set[tuple[int, str]]:
        if self._lost is None:
            files = FeedFile.objects.filter(status=FileStatus.lost).values_list("mine_id", "sha256")
            self._lost = patiently(lambda: set(files), self._stop)
        return self._lost


def _known(mine_id: int, journal: int) -> _Known:
    since = clock.now() - REMEMBERED
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT string_agg(decode(left(sha256, 16), 'hex'), ''::bytea ORDER BY id),
                string_agg(int8send(CASE WHEN journal_id = %s THEN journal_seq ELSE 0 END), ''::bytea ORDER BY id)
            FROM monitor_feedfile WHERE mine_id = %s AND received_at >= %s AND status = ANY(%s)
            """,
            [journal, mine_id, since, [status.value for status in TAKEN]],
        )
        digests, numbers = (np.frombuffer(bytes(column or b""), ">i8") for column in cursor.fetchone())
    ordered = np.argsort(digests.view(">u8"), kind="stable")
    return _Known(
        int(since.timestamp()), digests.view(">u8").astype(np.uint64)[ordered], numbers.astype(np.int64)[ordered]
    )


def _newest(journal: int, seq: int, **of: int | str) -> int:
    """The newest file time among the files of a mine and type that were taken before number `seq`; 0: none."""
    files = FeedFile.objects.filter(status__in=TAKEN, **of).exclude(journal_id=journal, journal_seq__gte=seq)
    newest = files.aggregate(newest=Max("header_at"))["newest"]
    return int(newest.timestamp()) if newest else 0
