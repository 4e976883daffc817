"""The ingest engine: journalled files in, in the order of their numbers; episodes, newest values and file rows out.

One thread owns it. It never loses its place: what is in memory is written again until the database took it, and a
restart begins with the fold snapshots and replays the journal from there (`restore`, `replay`).
"""

import hashlib
import logging
import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kuangan.base import clock
from kuangan.law.content import corpus_digest
from kuangan.law.local import local
from kuangan.mine.models import Mine
from kuangan.mine.queries.aliases import codes_of_file
from kuangan.monitor.database import Stopping, patiently
from kuangan.monitor.doubt.clock import ClockWatch
from kuangan.monitor.doubt.kinds import CLOCK, REFUSED
from kuangan.monitor.doubt.signs import Signs
from kuangan.monitor.doubt.write import Doubts
from kuangan.monitor.durations import duration
from kuangan.monitor.feeds import FeedError
from kuangan.monitor.fold.types import EpisodeChange
from kuangan.monitor.history import HistoryWriter
from kuangan.monitor.history.layout import NO_JOURNAL
from kuangan.monitor.ingest.arrival import Arrival, file_row
from kuangan.monitor.ingest.book import Books, MineBook
from kuangan.monitor.ingest.convert import complaints, cut, refusal
from kuangan.monitor.ingest.group import GroupWriter, JournalPlace
from kuangan.monitor.ingest.kinds.describe import Describer
from kuangan.monitor.ingest.kinds.power import PowerWatch
from kuangan.monitor.ingest.outcome import FileOutcome
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.ingest.rows import EpisodeRow, Group
from kuangan.monitor.ingest.seen import FileMemory
from kuangan.monitor.ingest.taking import Taking
from kuangan.monitor.ingest.write import write_cursor
from kuangan.monitor.models import Cursor, FileStatus, FoldSnapshot
from kuangan.monitor.recovery.apart import Apart
from kuangan.monitor.recovery.history import write_checkpoint
from kuangan.monitor.recovery.rebuild import say_mended, take_snapshot

_log = logging.getLogger(__name__)


def _seconds(key: str) -> int:
    """A span of time of the city's own that holds today."""
    return int(duration(key, clock.civil_date(clock.now())).total_seconds())


class Engine:
    """Takes arrivals, keeps the fold of every mine, and writes groups. See the module's docstring."""

    def __init__(self, root: Path, stop: threading.Event) -> None:
        self.stop = stop
        self.merge_after = _seconds("episode.merge_gap")
        self.books = Books(stop)
        self.history = HistoryWriter(root / "history")
        self.pipeline = Pipeline(
            self.books,
            self.history,
            future_after=_seconds("feed.future_tolerance"),
            past_after=_seconds("feed.past_tolerance"),
            merge_after=self.merge_after,
            gap_after=_seconds("episode.gap_limit"),
        )
        self.group = Group()
        self.mines: set[str] = set()
        """Mines whose fold is in memory."""
        self.journal = 1
        """The row of the journal that the files come from."""
        self.seq = 0
        """The number of the newest file taken."""
        self.written = 0
        """The number up to which everything was in the database when the engine started or last wrote."""
        self.dirty: dict[str, int] = {}
        """Mines whose fold is ahead of their snapshot, and the first file the snapshot lacks."""
        self.unrestored: list[Mine] = []
        """Mines whose snapshot can't be used."""
        self.heard: dict[str, int] = {}
        """When the newest file of each mine was received."""
        self.doubts = Doubts(stop)
        self.clock = ClockWatch(_seconds("feed.future_tolerance"))
        self.apart = Apart(stop)
        self._signs = Signs(self.books, self.pipeline, self.doubts)
        self._describer = Describer(self.books, stop, self.refresh)
        self._taking = Taking(root)
        self._kept: dict[str, int] = {}
        self._rebuilt: dict[str, Mine] = {}
        self.files = FileMemory(stop)
        self._power = PowerWatch()
        self._writer = GroupWriter(self.books, self.pipeline, self.doubts, self.merge_after, stop)

    def restore(self, cursor: Cursor) -> int:
        """Take up the snapshots; returns the number of the first file of this journal to replay."""
        self.journal = self.files.journal = cursor.pk
        self.history.journal = cursor.identity[:8] or NO_JOURNAL
        snapshots = patiently(lambda: list(FoldSnapshot.objects.select_related("mine__unit")), self.stop)
        for snapshot in snapshots:
            if not take_snapshot(self.pipeline, snapshot):
                self.unrestored.append(snapshot.mine)
                continue
            self._kept[snapshot.mine.code] = snapshot.journal_seq if snapshot.journal_id == cursor.pk else 0
            self.mines.add(snapshot.mine.code)
        self._power.restore(self.books, self.stop)
        self.written = cursor.journal_seq
        return cursor.replay_from

    def begin_again(self, mine: Mine, first: int) -> None:
        """Fold a mine's files anew from number `first` on."""
        self._kept[mine.code] = first - 1
        self._rebuilt[mine.code] = mine
        self.mines.add(mine.code)

    def has_folded(self, mine: str, seq: int) -> bool:
        """Whether a file is in the fold of its mine already."""
        return seq <= self._kept.get(mine, 0)

    def take(self, arrival: Arrival) -> None:
        """Parse and fold one file into the group that waits to be written; a refused file becomes a row, too."""
        if self.has_folded(arrival.mine, arrival.seq):
            self.seq = max(self.seq, arrival.seq)
            return
        self._taking.begin(arrival.seq)
        try:
            self._take(arrival)
        except Stopping:
            raise
        except Exception:  # noqa: BLE001  (not even its row could be made: the others must go on)
            _log.exception("file %s of mine %s could not be noted", arrival.seq, arrival.mine)
        finally:
            self._taking.end()
        self.dirty.setdefault(arrival.mine, arrival.seq)
        self.seq = max(self.seq, arrival.seq)

    def _take(self, arrival: Arrival) -> None:
        book = self.books.of(arrival.mine)
        self.mines.add(arrival.mine)
        self.heard[arrival.mine] = arrival.received_at  # not the greatest: our clock may have been set back
        digest = hashlib.sha256(arrival.content).hexdigest()
        if self._taking.was_deadly(arrival.seq):
            _log.error("file %s of mine %s ended the process twice; it is set aside", arrival.seq, arrival.mine)
            self._refuse(arrival, book, digest, "处理该文件时接入进程两次异常终止，已不再处理")
        else:
            self._fold_safely(arrival, book, digest)

    def commit(self, *, full: bool = False) -> None:
        """Write the group and begin the next. Waits until the database takes it.

        File rows and what matters about an episode are written at once. Live rows, and open episodes whose readings
        or peak alone changed, wait for a full commit: one that is asked for, or at least one a second.
        """
        seq = max(self.seq, self.written)
        place = JournalPlace(self.journal, seq, self.replay_from())
        rest = self._writer.write(self.group, place, self.mines, full=full)
        if rest is not None:
            self.group, self.written = rest, seq

    def replay_from(self) -> int:
        """The first file number that a restart would have to replay."""
        return min(self.dirty.values(), default=max(self.seq, self.written) + 1)

    def save_cursor(self) -> None:
        """Write how far everything is, after checkpoints moved the start of a replay."""
        self.commit(full=True)
        seq, replay_from = max(self.seq, self.written), self.replay_from()
        patiently(lambda: write_cursor(self.journal, seq, replay_from, clock.now()), self.stop)

    def checkpoint(self, mine: str) -> None:
        """Write the mine's history part and its fold snapshot; the group first, a snapshot must not run ahead of it."""
        self.commit(full=True)
        seq, blob, parts = self.pipeline.checkpoint(mine)
        key, seq = self.books.of(mine).mine.pk, max(seq, self.seq)
        patiently(lambda: write_checkpoint(key, self.journal, seq, blob, parts, clock.now()), self.stop)
        self.dirty.pop(mine, None)
        rebuilt = self._rebuilt.pop(mine, None)
        if rebuilt is not None:
            patiently(lambda: say_mended(rebuilt), self.stop)

    def add_episodes(self, mine: str, changes: Iterable[EpisodeChange], codes: list[str], seq: int = 0) -> None:
        """Put changed episodes of a mine into the group, with the set-points of their day; `seq`: the file's number."""
        book = self.books.of(mine)
        for change in changes:
            code = codes[change.point]
            day = clock.civil_date(datetime.fromtimestamp(change.started_at, UTC))
            judged = self.books.judged(mine, code, day)
            if judged is None:
                continue
            entry = book.entry_of(code)
            key = (entry.id, change.started_at)
            self.group.episodes[key] = EpisodeRow(book.mine.pk, entry.id, change, judged, corpus_digest(), seq)
            self._power.ask(mine, book, entry, change)

    def _fold_safely(self, arrival: Arrival, book: MineBook, digest: str) -> None:
        """A file that the program can't cope with must not stop the others, now or at every restart."""
        try:
            self._fold(arrival, book, digest)
        except Stopping:
            raise
        except Exception:  # noqa: BLE001  (whatever it is)
            _log.exception("file %s of mine %s could not be taken", arrival.seq, arrival.mine)
            self._refuse(arrival, book, digest, "处理该文件时程序出错")

    def _refuse(self, arrival: Arrival, book: MineBook, digest: str, why: str) -> None:
        """Set a file aside that is no sender's fault alone: its row says so, and somebody is told."""
        message = f"{why}，原始文件已保留，请将流水号 {arrival.seq} 告知系统管理员。"
        self._note(arrival, book, digest, None, FileStatus.refused, message)
        self.doubts.sign(
            REFUSED, book.mine, f"{why}：{arrival.name or '未命名'}，流水号 {arrival.seq}，原始文件已保留。"
        )

    def _fold(self, arrival: Arrival, book: MineBook, digest: str) -> None:
        if self.files.is_duplicate(book.mine.pk, digest, arrival.seq, arrival.file_at):
            self._note(arrival, book, digest, None, FileStatus.duplicate, "与此前收到的文件内容完全相同，未重复入库。")
            return
        if arrival.file_at:
            self.clock.heard(arrival.mine, arrival.file_at, arrival.received_at)
        try:
            if arrival.fault is not None:
                raise arrival.fault
            outcome = self.pipeline.take(
                arrival.mine,
                arrival.content,
                received_at=arrival.received_at,
                seq=arrival.seq,
                name=arrival.name or None,
                mine_codes=codes_of_file(arrival.mine, arrival.name, arrival.content, arrival.received_at),
                ahead=arrival.ahead,
            )
        except FeedError as error:
            status, message = refusal(error)
            self._note(arrival, book, digest, None, status, message)
            if status in {FileStatus.future, FileStatus.past}:
                self.apart.add(arrival.seq, arrival.mine, arrival.file_at, arrival.received_at)
            return
        if self.clock.is_right(arrival.mine):
            self.doubts.over(CLOCK, book.mine)
        notes = self._apply(arrival, outcome)
        file_at = outcome.header.at - arrival.ahead
        late = outcome.late_unjudged or self.files.is_late(book.mine.pk, outcome.type, file_at, arrival.seq)
        status = FileStatus.partial if outcome.bad else FileStatus.late if late else FileStatus.done
        self.files.remember(book.mine.pk, outcome.type, digest, arrival.seq, file_at)
        self._note(arrival, book, digest, outcome, status, complaints(outcome.bad, (*outcome.notes, *notes)))

    def _apply(self, arrival: Arrival, outcome: FileOutcome) -> list[str]:
        """Take over what a file says; what somebody should know of it, in words."""
        mine = arrival.mine
        notes: list[str] = []
        if outcome.described:
            self.books.register(mine, outcome.described, datetime.fromtimestamp(arrival.received_at, UTC))
        if outcome.definitions is not None:
            source = cut(arrival.name or f"流水号{arrival.seq}", 120)
            notes += self._signs.of_codes(mine, self._describer.define(mine, outcome.definitions, source))
        if outcome.declared is not None:
            for declaration in self._describer.declare(mine, outcome.declared, arrival.received_at, arrival.seq):
                key = (declaration.point_id, declaration.kind, declaration.started_at)
                known = self.group.declarations.get(key)
                if known is None or known.file_at <= declaration.file_at:
                    self.group.declarations[key] = declaration
        if outcome.readings:
            self.group.touched[mine] = arrival.received_at
            self.add_episodes(mine, outcome.episodes, self.pipeline.live(mine).codes, arrival.seq)
            self._check_power(mine, arrival.seq)
        if arrival.ahead:
            notes.append(f"上传时煤矿时钟超前 {arrival.ahead} 秒，数据时间已按此校正后判定")
        return notes + self._signs.of_readings(mine, outcome)

    def refresh(self, mine: str) -> None:
        """Read places and set-points of a mine again."""
        self.books.forget(mine)
        self.pipeline.forget_limits(mine)

    def _check_power(self, mine: str, seq: int) -> None:
        if not self._power.waits(mine):
            return
        live = self.pipeline.live(mine)
        index = {code: place for place, code in enumerate(live.codes)}
        after = int(local("episode.power_check_after", clock.civil_date(clock.now())).value)
        for answer in self._power.answer(mine, index, live.time, live.value, live.status, after):
            self.group.take_power(replace(answer, seq=seq))

    def _note(
        self,
        arrival: Arrival,
        book: MineBook,
        digest: str,
        outcome: FileOutcome | None,
        status: FileStatus,
        message: str,
    ) -> None:
        """The file's row; during a replay the row is there already."""
        if arrival.seq <= self.written:
            return
        file = file_row(arrival, book.mine.pk, digest, outcome, status, message)
        self.group.files.append(file)
