"""The ingest engine: journalled files in, in the order of their numbers; episodes, newest values and file rows out.

One thread owns it. It never loses its place: what is in memory is written again until the database took it, and a
restart begins with the fold snapshots and replays the journal from there (`restore`, `replay`).
"""

import hashlib
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kuangan.base import clock
from kuangan.law.content import corpus_digest
from kuangan.law.local import local
from kuangan.mine.actions import upsert_definitions
from kuangan.mine.models import Mine
from kuangan.monitor.book import Books, MineBook
from kuangan.monitor.database import Stopping, patiently
from kuangan.monitor.durations import duration
from kuangan.monitor.feeds import Declarations, Declared, Definitions, FeedError, PointText
from kuangan.monitor.fold.types import EpisodeChange
from kuangan.monitor.history import HistoryWriter
from kuangan.monitor.history.layout import NO_JOURNAL
from kuangan.monitor.ingest_convert import complaints, cut, declaration_of, definition_of, refusal
from kuangan.monitor.ingest_files import FileMemory
from kuangan.monitor.ingest_history import write_checkpoint
from kuangan.monitor.ingest_live import LivePacker
from kuangan.monitor.ingest_power import PowerWatch
from kuangan.monitor.ingest_rebuild import say_mended, take_snapshot
from kuangan.monitor.ingest_rows import EpisodeRow, FileRow, Group
from kuangan.monitor.ingest_sql import write, write_cursor
from kuangan.monitor.models import Cursor, Episode, FileStatus, FoldSnapshot, PowerState
from kuangan.monitor.pipeline import Outcome, Pipeline

_log = logging.getLogger(__name__)

FULL_EVERY = 1.0
"""Wall seconds after which a commit writes everything."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One journalled file: its number, the mine that sent it, and its decoded bytes. Times in seconds UTC.

    `fault`: it was refused at the door already.
    """

    seq: int
    mine: str
    name: str
    file_at: int
    received_at: int
    content: bytes
    fault: FeedError | None = None


class Engine:
    """Takes arrivals, keeps the fold of every mine, and writes groups. See the module's docstring."""

    def __init__(self, root: Path, stop: threading.Event) -> None:
        today = clock.civil_date(clock.now())
        self.stop = stop
        self.merge_after = int(duration("episode.merge_gap", today).total_seconds())
        self.books = Books(stop)
        self.history = HistoryWriter(root / "history")
        self.pipeline = Pipeline(
            self.books,
            self.history,
            future_after=int(duration("feed.future_tolerance", today).total_seconds()),
            merge_after=self.merge_after,
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
        self._kept: dict[str, int] = {}
        self._rebuilt: dict[str, Mine] = {}
        self.files = FileMemory(stop)
        self._power = PowerWatch()
        self._packer = LivePacker(self.books, self.pipeline)
        self._digest = corpus_digest()
        self._full_at = float("-inf")
        self._marks: dict[tuple[int, int], tuple[object, ...]] = {}

    def restore(self, cursor: Cursor) -> int:
        """Take up the snapshots; returns the number of the first file of this journal to replay."""
        self.journal = self.files.journal = cursor.pk
        self.history.journal = cursor.identity[:8] or NO_JOURNAL
        snapshots = patiently(lambda: list(FoldSnapshot.objects.select_related("mine__unit")), self.stop)
        for row in snapshots:
            if not take_snapshot(self.pipeline, row):
                self.unrestored.append(row.mine)
                continue
            self._kept[row.mine.code] = row.journal_seq if row.journal_id == cursor.pk else 0
            self.mines.add(row.mine.code)
        self._restore_questions()
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
        book = self.books.of(arrival.mine)
        self.mines.add(arrival.mine)
        digest = hashlib.sha256(arrival.content).hexdigest()
        if self.files.is_duplicate(book.mine.pk, digest, arrival.seq, arrival.file_at):
            self._note(arrival, book, digest, None, FileStatus.duplicate, "与此前收到的文件内容完全相同，未重复入库。")
        else:
            self._fold_safely(arrival, book, digest)
        self.dirty.setdefault(arrival.mine, arrival.seq)
        self.seq = max(self.seq, arrival.seq)

    def commit(self, *, full: bool = False) -> None:
        """Write the group and begin the next. Waits until the database takes it.

        File rows and what matters about an episode are written at once. Live rows, and open episodes whose readings
        or peak alone changed, wait for a full commit: one that is asked for, or at least one a second.
        """
        full = full or time.monotonic() - self._full_at >= FULL_EVERY
        episodes = {key: row for key, row in self.group.episodes.items() if full or self._matters(key, row)}
        mines = {row.mine_id for row in episodes.values()}
        touched = {mine: at for mine, at in self.group.touched.items() if full or self.books.of(mine).mine.pk in mines}
        if not (self.group.files or episodes or self.group.power or touched):
            return
        due = replace(self.group, episodes=episodes, touched=touched)
        live = [self._packer.pack(mine, at) for mine, at in touched.items()]
        seq, replay_from = max(self.seq, self.written), self.replay_from()
        patiently(
            lambda: write(
                due,
                live,
                journal=self.journal,
                seq=seq,
                replay_from=replay_from,
                at=clock.now(),
                merge_after=self.merge_after,
            ),
            self.stop,
        )
        self._keep_rest(due)
        self.written = seq
        if full:
            self._full_at = time.monotonic()

    def _matters(self, key: tuple[int, int], row: EpisodeRow) -> bool:
        return self._marks.get(key) != _mark(row.change)

    def _keep_rest(self, written: Group) -> None:
        """Begin the next group with what the last one left behind."""
        for key, row in written.episodes.items():
            if row.change.final or row.change.withdrawn:
                self._marks.pop(key, None)
            else:
                self._marks[key] = _mark(row.change)
        self.group = Group(
            episodes={key: row for key, row in self.group.episodes.items() if key not in written.episodes},
            touched={mine: at for mine, at in self.group.touched.items() if mine not in written.touched},
        )

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

    def add_episodes(self, mine: str, changes: Iterable[EpisodeChange], codes: list[str]) -> None:
        """Put changed episodes of a mine into the group, with the set-points of their day."""
        book = self.books.of(mine)
        for change in changes:
            code = codes[change.point]
            day = clock.civil_date(datetime.fromtimestamp(change.started_at, UTC))
            judged = self.books.judged(mine, code, day)
            if judged is None:
                continue
            entry = book.entry_of(code)
            key = (entry.id, change.started_at)
            self.group.episodes[key] = EpisodeRow(book.mine.pk, entry.id, change, judged, self._digest)
            self._power.ask(mine, book, entry, change)

    def _fold_safely(self, arrival: Arrival, book: MineBook, digest: str) -> None:
        """A file that the program can't cope with must not stop the others, now or at every restart."""
        try:
            self._fold(arrival, book, digest)
        except Stopping:
            raise
        except Exception:  # noqa: BLE001  (whatever it is)
            _log.exception("file %s of mine %s could not be taken", arrival.seq, arrival.mine)
            message = f"处理该文件时程序出错，原始文件已保留，请将流水号 {arrival.seq} 告知系统管理员。"
            self._note(arrival, book, digest, None, FileStatus.refused, message)

    def _fold(self, arrival: Arrival, book: MineBook, digest: str) -> None:
        try:
            if arrival.fault is not None:
                raise arrival.fault
            outcome = self.pipeline.take(
                arrival.mine,
                arrival.content,
                received_at=arrival.received_at,
                seq=arrival.seq,
                name=arrival.name or None,
                mine_codes=frozenset({arrival.mine}),
            )
        except FeedError as error:
            status, message = refusal(error)
            self._note(arrival, book, digest, None, status, message)
            return
        self._apply(arrival, outcome)
        late = self.files.is_late(book.mine.pk, outcome.type, outcome.header.at, arrival.seq)
        status = FileStatus.partial if outcome.bad else FileStatus.late if late else FileStatus.done
        self.files.remember(book.mine.pk, outcome.type, digest, arrival.seq, outcome.header.at)
        self._note(arrival, book, digest, outcome, status, complaints(outcome.bad, outcome.notes))

    def _apply(self, arrival: Arrival, outcome: Outcome) -> None:
        received = datetime.fromtimestamp(arrival.received_at, UTC)
        if outcome.described:
            self.books.register(arrival.mine, outcome.described, received)
        if outcome.definitions is not None:
            self._define(arrival, outcome.definitions)
        if outcome.declared is not None:
            self._declare(arrival, outcome.declared, received)
        if outcome.readings:
            self.group.touched[arrival.mine] = arrival.received_at
            live = self.pipeline.live(arrival.mine)
            self.add_episodes(arrival.mine, outcome.episodes, live.codes)
            self._check_power(arrival.mine)

    def _define(self, arrival: Arrival, definitions: Definitions) -> None:
        book = self.books.of(arrival.mine)
        at = datetime.fromtimestamp(definitions.header.at, UTC)
        wanted = [definition_of(point) for point in definitions.points]
        source = cut(arrival.name or f"流水号{arrival.seq}", 120)
        upserted = patiently(
            lambda: upsert_definitions(actor=None, mine=book.mine, definitions=wanted, source=source, at=at), self.stop
        )
        if upserted.defined or upserted.created:
            self.refresh(arrival.mine)

    def refresh(self, mine: str) -> None:
        """Read places and set-points of a mine again."""
        self.books.forget(mine)
        self.pipeline.forget_limits(mine)

    def _declare(self, arrival: Arrival, declared: Declarations, received: datetime) -> None:
        texts = [PointText(-1, each.code, each.type_name, each.place, each.unit) for each in declared.alarms]
        book = self.books.register(arrival.mine, texts, received)
        for alarm in declared.alarms:
            self._declare_one(book, alarm, arrival.received_at)

    def _declare_one(self, book: MineBook, alarm: Declared, received_at: int) -> None:
        row = declaration_of(alarm, book.mine.pk, book.entry_of(alarm.code).id, received_at)
        key = (row.point_id, row.kind, row.started_at)
        known = self.group.declarations.get(key)
        if known is None or known.file_at <= row.file_at:
            self.group.declarations[key] = row

    def _check_power(self, mine: str) -> None:
        if not self._power.waits(mine):
            return
        live = self.pipeline.live(mine)
        index = {code: row for row, code in enumerate(live.codes)}
        after = int(local("episode.power_check_after", clock.civil_date(clock.now())).value)
        for row in self._power.answer(mine, index, live.time, live.value, live.status, after):
            self.group.power[row.point_id, row.started_at] = row

    def _note(
        self, arrival: Arrival, book: MineBook, digest: str, outcome: Outcome | None, status: FileStatus, message: str
    ) -> None:
        """The file's row; during a replay the row is there already."""
        if arrival.seq <= self.written:
            return
        row = FileRow(
            mine_id=book.mine.pk,
            type=cut(outcome.type if outcome else _type_in(arrival.name), 12),
            name=cut(arrival.name, 120),
            sha256=digest,
            header_at=outcome.header.at if outcome else arrival.file_at or None,
            received_at=arrival.received_at,
            seq=arrival.seq,
            size=len(arrival.content),
            records=outcome.records if outcome else 0,
            bad=len(outcome.bad) if outcome else 0,
            status=status.value,
            message=message,
        )
        self.group.files.append(row)

    def _restore_questions(self) -> None:
        rows = patiently(
            lambda: list(
                Episode.objects.filter(
                    ended_at__isnull=True,
                    withdrawn=False,
                    power_off_at__isnull=False,
                    power_state=PowerState.unknown,
                ).select_related("mine", "point")
            ),
            self.stop,
        )
        for row in rows:
            book = self.books.of(row.mine.code)
            self._power.resume(row.mine.code, book, book.entry_of(row.point.native_code), row)


def _mark(change: EpisodeChange) -> tuple[object, ...]:
    """What of an episode somebody may have to react to; the same columns as in `ingest_sql`."""
    return change.ended_at, change.final, change.excluded, change.proposed, change.withdrawn, change.power_off_at


def _type_in(name: str) -> str:
    """The type a file's name claims."""
    parts = name.split("_")
    return parts[1].upper() if len(parts) > 1 else ""
