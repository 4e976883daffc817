"""What the ingest engine does by the clock: silences, final episodes, checkpoints, compaction, retention."""

import errno
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db.models import Count, Max, Q

from kuangan.base import clock
from kuangan.core.actions import end_incident, raise_incident
from kuangan.law.local import local_span
from kuangan.mine.models import Mine, Point
from kuangan.monitor.database import patiently
from kuangan.monitor.doubt.watch import Watch, alone
from kuangan.monitor.history import DamagedFile, Part, compact, expire_history
from kuangan.monitor.history.layout import NO_JOURNAL, day_folder, name_of, reading_files
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.journal import expire
from kuangan.monitor.models import Cursor, FeedFile, FileStatus, HistoryPart
from kuangan.monitor.recovery.apart import Again
from kuangan.monitor.recovery.history import seal_day
from kuangan.monitor.recovery.keeper import Keeper
from kuangan.monitor.recovery.lost import end_settled, keep_journal, note_came_again

_log = logging.getLogger(__name__)

Mark = tuple[int, datetime | None, datetime | None, int, datetime | None]
"""By what it is seen that people have decided something about the points of a mine."""
CHECKPOINT_AFTER = 180.0
"""Wall seconds for which a mine's history part may grow before it is written with a fold snapshot."""
CHECKPOINTS_A_TICK = 8
CHORE_SECONDS = 0.1
"""Of each tick, for the night's work."""
SHUTDOWN_SECONDS = 0.8
"""The supervisor grants less than two seconds in all; what is left is replayed."""
LOOK_BACK_DAYS = 7
"""Late readings make new parts of past days; days this far back are compacted again."""


class Care:
    """Called between groups by the thread that owns the engine; each call does only what is due, a little at a time."""

    def __init__(self, engine: Engine, root: Path, again: Callable[[Sequence[Again]], None] | None = None) -> None:
        """`again` receives files that were set apart and can be taken up; without it they stay apart."""
        self._engine = engine
        self._root = root
        self._again = again
        self._watch = Watch(engine)
        self._dirty_since: dict[str, float] = {}
        self._wanted: dict[str, None] = {}
        self._places: dict[str, Mark] | None = None
        self._keeper = Keeper(engine, root)
        self._night: Iterator[None] | None = None
        self._planned_on: date | None = None
        self.fault = ""
        """Why history can't be written now, in Chinese; empty when it can. Its files stay in memory and journal."""

    def tick(self, at: datetime) -> None:
        """Everything that is due at a moment of the product's clock; the engine's group must be written before."""
        self._notice_places()
        self.settle(at)
        self._watch.tick(at)
        if self._again is not None and (files := self._watch.due_again(at)):
            self._again(files)
        self._find_what_came_again(at)
        try:
            self._checkpoint_some()
            self._do_chores(at)
        except OSError as error:
            self._stumble(error, at)
        else:
            self._recover(at)

    @property
    def compared(self) -> bool:
        """Whether everything was compared with its lists since the process began, and nothing of that is under way."""
        return self._night is None and self._planned_on is not None

    def checkpoint_all(self) -> None:
        """Before the end: histories and snapshots on disk, so that a restart has little or nothing to replay."""
        ready_at = time.monotonic() + SHUTDOWN_SECONDS
        for mine in list(self._engine.dirty):
            if time.monotonic() > ready_at:
                break
            try:
                self._engine.checkpoint(mine)
            except OSError as error:
                _log.error("历史数据未能写入，下次启动时从接收日志补入：%s", error)
                break
        self._engine.save_cursor()

    def _notice_places(self) -> None:
        """People confirm places in other processes; judge by them within a tick."""
        marks = patiently(_place_marks, self._engine.stop)
        if self._places is not None:
            for mine in {code for code in marks if self._places.get(code) != marks[code]}:
                self._engine.refresh(mine)
        self._places = marks

    def settle(self, at: datetime) -> None:
        """Make final what can get no further rise, also where nothing is sent any more."""
        second = int(at.timestamp())
        for mine in self._engine.mines:
            with alone("making final", mine):
                changes = self._engine.pipeline.settle(mine, second)
                if changes:
                    self._engine.add_episodes(mine, changes, self._engine.pipeline.live(mine).codes)
        self._engine.commit(full=True)

    def _checkpoint_some(self) -> None:
        now = time.monotonic()
        dirty = self._engine.dirty
        self._dirty_since = {mine: self._dirty_since.get(mine, now) for mine in dirty}
        due = [mine for mine, since in self._dirty_since.items() if now - since >= CHECKPOINT_AFTER]
        self._wanted |= dict.fromkeys([*self._watch.take_changed(), *due])
        taken = list(self._wanted)[:CHECKPOINTS_A_TICK]
        for mine in taken:
            with alone("keeping the state", mine):
                self._engine.checkpoint(mine)
            del self._wanted[mine]
            self._dirty_since.pop(mine, None)
        if taken:
            self._engine.save_cursor()

    def _do_chores(self, at: datetime) -> None:
        """A little of the night's work; it begins with the day, and with the process."""
        today, until = clock.civil_date(at), time.monotonic() + CHORE_SECONDS
        if self._night is None and self._planned_on != today:
            self._planned_on = today
            self._night = self._night_of(at)
        while self._night is not None and time.monotonic() < until:
            try:
                next(self._night)
            except StopIteration:
                self._night = None
            except OSError:
                self._night = self._planned_on = None  # begun again with the next tick
                raise

    def _night_of(self, at: datetime) -> Iterator[None]:
        """Days become one file each, everything is compared with its lists, what is past its time goes."""
        today, stop = clock.civil_date(at), self._engine.stop
        since = today - timedelta(days=LOOK_BACK_DAYS)
        mines = patiently(lambda: list(Mine.objects.select_related("unit")), stop)
        for mine in mines:
            for day in self._keeper.days_of(mine):
                with alone("keeping the history", mine.code):
                    yield from self._keeper.keep_day(mine, day, deep=True)
                    if day < today:
                        self._compact(mine, day, always=day >= since)
                        yield
        yield from keep_journal(self._engine, self._root / "journal", at)
        for mine in mines:
            with alone("comparing files with the history", mine.code):
                yield from self._keeper.keep_rows(mine, clock.beijing_midnight(since))
        patiently(lambda: end_settled(at), stop)
        self._expire(today)

    def _compact(self, mine: Mine, day: date, *, always: bool) -> None:
        """Old days are left alone, but for files of an earlier release."""
        names = [name_of(path) for path in reading_files(day_folder(self._root / "history", mine.code, day))]
        if not always and not any(name and name.crc is None for name in names):
            return

        def register(parts: list[Part], replaced: list[Path]) -> None:
            patiently(lambda: seal_day(mine, day, parts, replaced, clock.now()), self._engine.stop)

        unnamed = patiently(lambda: Cursor.objects.get(pk=1).identity[:8], self._engine.stop)
        try:
            compact(self._root / "history", mine.code, day, unnamed=unnamed or NO_JOURNAL, register=register)
        except DamagedFile as damage:
            _log.error("历史数据文件损坏，待检查：%s", damage)

    def _find_what_came_again(self, at: datetime) -> None:
        if self._engine.files.came_again:
            self._engine.files.came_again = False
            patiently(lambda: note_came_again(at), self._engine.stop)

    def _stumble(self, error: OSError, at: datetime) -> None:
        words = "磁盘空间不足" if error.errno == errno.ENOSPC else f"磁盘拒绝写入（{error.strerror or error}）"
        text = f"{words}，历史数据不能写入，暂停接收文件。请检查磁盘；能写入后自动恢复。"
        if not self.fault:
            _log.error("历史数据不能写入：%s", error)
            patiently(
                lambda: raise_incident(kind="history_write", key="history", text=text, call=True, at=at),
                self._engine.stop,
            )
        self.fault = text

    def _recover(self, at: datetime) -> None:
        if self.fault:
            _log.warning("历史数据恢复写入")
            patiently(lambda: end_incident(kind="history_write", key="history", at=at), self._engine.stop)
            self.fault = ""

    def _expire(self, today: date) -> None:
        """Readings, raw files and rows of plain files past their time; episodes and refused files' rows stay longer."""
        kept_from = local_span("retention.history", today).before(today)
        patiently(HistoryPart.objects.filter(day__lt=kept_from).delete, self._engine.stop)
        expire_history(self._root / "history", kept_from)
        cutoff = clock.beijing_midnight(local_span("retention.raw", today).before(today))
        expire(self._root / "journal", int(cutoff.timestamp()), self._engine.replay_from())
        plain = (FileStatus.done, FileStatus.late, FileStatus.duplicate)
        old = FeedFile.objects.filter(received_at__lt=cutoff, status__in=plain)
        patiently(old.delete, self._engine.stop)


def _place_marks() -> dict[str, Mark]:
    """Per mine, how many places are confirmed and points dismantled, when the last one was, and a face's: changes whenever a person decides on one."""
    decided = Point.objects.filter(~Q(place="") | Q(dismantled_at__isnull=False) | Q(faced_at__isnull=False))
    marks = decided.values("mine__code").annotate(
        n=Count("id"),
        last=Max("place_confirmed_at"),
        gone=Max("dismantled_at"),
        lost=Count("dismantled_at"),
        faced=Max("faced_at"),
    )
    return {mark["mine__code"]: (mark["n"], mark["last"], mark["gone"], mark["lost"], mark["faced"]) for mark in marks}
