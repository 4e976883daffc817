"""Writing a group of taken files: what of it is due now, each transaction until the database takes it, what was refused."""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from kuangan.base import clock
from kuangan.monitor.database import Stopping, patiently
from kuangan.monitor.doubt.kinds import REFUSED
from kuangan.monitor.doubt.write import Doubts
from kuangan.monitor.ingest.book import Books
from kuangan.monitor.ingest.live_row import LivePacker
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.ingest.rows import Group, LiveData, Marks
from kuangan.monitor.ingest.split import RefusedFile, write_apart
from kuangan.monitor.ingest.write import write

_log = logging.getLogger(__name__)

FULL_EVERY: Final = 1.0
"""Wall seconds after which a commit writes everything."""


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """How far everything is once a group is written: the journal's row, its newest file, where a replay would begin."""

    journal: int
    seq: int
    replay_from: int


class GroupWriter:
    """Writes groups. One thread uses it."""

    def __init__(
        self, books: Books, pipeline: Pipeline, doubts: Doubts, merge_after: int, stop: threading.Event
    ) -> None:
        self._books = books
        self._packer = LivePacker(books, pipeline)
        self._doubts = doubts
        self._merge_after = merge_after
        self._stop = stop
        self._marks = Marks()
        self._full_at = float("-inf")

    def write(self, group: Group, place: JournalPlace, mines: Iterable[str], *, full: bool) -> Group | None:
        """Write what is due of a group (all of it when ``full``, or a second after the last whole one); what is left of it.

        ``mines``: codes of those it may be about. None when nothing was due, and nothing was written.
        """
        full = full or time.monotonic() - self._full_at >= FULL_EVERY
        due = self._due(group, full=full)
        if not (due.files or due.episodes or due.power or due.touched):
            return None
        live = [packed for mine, at in due.touched.items() if (packed := self._live_row(mine, at)) is not None]
        for refused in write_apart(due, live, place.seq, lambda part, live, at: self._write(part, live, at, place)):
            self._say_refused(refused, mines)
        if full:
            self._full_at = time.monotonic()
        return self._rest(group, due)

    def _due(self, group: Group, *, full: bool) -> Group:
        episodes = {
            key: episode for key, episode in group.episodes.items() if full or self._marks.matters(key, episode)
        }
        mines = {episode.mine_id for episode in episodes.values()}
        touched = {mine: at for mine, at in group.touched.items() if full or self._books.of(mine).mine.pk in mines}
        return replace(group, episodes=episodes, touched=touched)

    def _write(self, group: Group, live: list[LiveData], seq: int, place: JournalPlace) -> None:
        """One transaction, written again until the database answers."""
        at = clock.now()
        patiently(
            lambda: write(
                group,
                live,
                journal=place.journal,
                seq=seq,
                replay_from=place.replay_from,
                at=at,
                merge_after=self._merge_after,
            ),
            self._stop,
        )

    def _live_row(self, mine: str, at: int) -> LiveData | None:
        """The mine's live row; one that cannot be packed must not keep the others waiting."""
        try:
            return self._packer.pack(mine, at)
        except Stopping:
            raise
        except Exception:  # noqa: BLE001  (whatever it is)
            _log.exception("the newest values of mine %s could not be packed", mine)
            return None

    def _say_refused(self, refused: RefusedFile, mines: Iterable[str]) -> None:
        """What the database refused is told to somebody: of an episode or a live row no file would say so."""
        books = (self._books.of(code) for code in mines)
        mine = next((book.mine for book in books if book.mine.pk == refused.mine_id), None)
        if mine is not None:
            of = f"流水号 {refused.seq} 的文件" if refused.seq else "实时数据或超限记录"
            text = f"数据库未接受{of}中的数据（{refused.reason}），其余数据已入库。请核对该矿上传的数据。"
            self._doubts.sign(REFUSED, mine, text)

    def _rest(self, group: Group, written: Group) -> Group:
        """The next group begins with what this one left behind."""
        self._marks.wrote(written.episodes)
        return Group(
            episodes={key: episode for key, episode in group.episodes.items() if key not in written.episodes},
            touched={mine: at for mine, at in group.touched.items() if mine not in written.touched},
        )
