"""What the ingest engine does by the clock: silences, final episodes, checkpoints, compaction, retention."""

import logging
import time
from collections import deque
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db.models import Count, Max

from kuangan.base import clock
from kuangan.law.local import local_span
from kuangan.law.span import Span, add_months
from kuangan.mine.models import Mine, Point
from kuangan.monitor.database import patiently
from kuangan.monitor.history import compact, days, expire_history
from kuangan.monitor.ingest import Engine
from kuangan.monitor.ingest_silence import SilenceRow, levels_at, write_silences
from kuangan.monitor.journal import expire
from kuangan.monitor.models import FeedFile, FileStatus, SilenceLevel

_log = logging.getLogger(__name__)

CHECKPOINT_AFTER = 180.0
"""Wall seconds for which a mine's history part may grow before it is written with a fold snapshot."""
CHECKPOINTS_A_TICK = 8
SHUTDOWN_SECONDS = 0.8
"""The supervisor grants less than two seconds in all; what is left is replayed."""
LOOK_BACK_DAYS = 7
"""Late readings make new parts of past days; days this far back are compacted again."""


class Care:
    """Called between groups by the thread that owns the engine; each call does only what is due, a little at a time."""

    def __init__(self, engine: Engine, root: Path) -> None:
        self._engine = engine
        self._root = root
        self._dirty_since: dict[str, float] = {}
        self._wanted: dict[str, None] = {}
        self._places: dict[str, tuple[int, datetime | None]] | None = None
        self._chores: deque[tuple[str, date]] = deque()
        self._planned_on: date | None = None

    def tick(self, at: datetime) -> None:
        """Everything that is due at a moment of the product's clock; the engine's group must be written before."""
        self._notice_places()
        self.settle(at)
        self._listen_for_silence(at)
        self._checkpoint_some()
        self._plan_day(clock.civil_date(at))
        self._do_chore()

    def checkpoint_all(self) -> None:
        """Before the end: histories and snapshots on disk, so that a restart has little or nothing to replay."""
        ready_at = time.monotonic() + SHUTDOWN_SECONDS
        for mine in list(self._engine.dirty):
            if time.monotonic() > ready_at:
                break
            self._engine.checkpoint(mine)
        self._engine.save_cursor()

    def _notice_places(self) -> None:
        """People confirm places in other processes; judge by them within a tick."""
        found = patiently(_place_marks, self._engine.stop)
        if self._places is not None:
            for mine in {code for code in found if self._places.get(code) != found[code]}:
                self._engine.refresh(mine)
        self._places = found

    def settle(self, at: datetime) -> None:
        """Make final what can get no further rise, also where nothing is sent any more."""
        second = int(at.timestamp())
        for mine in self._engine.mines:
            changes = self._engine.pipeline.settle(mine, second)
            if changes:
                self._engine.add_episodes(mine, changes, self._engine.pipeline.live(mine).codes)
        self._engine.commit(full=True)

    def _listen_for_silence(self, at: datetime) -> None:
        after = levels_at(at)[SilenceLevel.warn]
        rows: list[SilenceRow] = []
        for mine in self._engine.mines:
            found = self._engine.pipeline.silence(mine, int(at.timestamp()), after)
            if found:
                self._wanted[mine] = None  # a silence that a restart forgets would never end
                book, codes = self._engine.books.of(mine), self._engine.pipeline.live(mine).codes
                rows += [
                    SilenceRow(
                        book.mine.pk,
                        None if each.point < 0 else book.entry_of(codes[each.point]).id,
                        each.started_at,
                        each.ended_at,
                    )
                    for each in found
                ]
        patiently(lambda: write_silences(rows, at), self._engine.stop)

    def _checkpoint_some(self) -> None:
        now = time.monotonic()
        dirty = self._engine.dirty
        self._dirty_since = {mine: self._dirty_since.get(mine, now) for mine in dirty}
        due = [mine for mine, since in self._dirty_since.items() if now - since >= CHECKPOINT_AFTER]
        self._wanted |= dict.fromkeys(due)
        taken = list(self._wanted)[:CHECKPOINTS_A_TICK]
        for mine in taken:
            self._engine.checkpoint(mine)
            del self._wanted[mine]
            self._dirty_since.pop(mine, None)
        if taken:
            self._engine.save_cursor()

    def _plan_day(self, today: date) -> None:
        if self._planned_on == today:
            return
        self._planned_on = today
        history = self._root / "history"
        for code in patiently(lambda: list(Mine.objects.values_list("code", flat=True)), self._engine.stop):
            past = [day for day in days(history, code) if today - timedelta(days=LOOK_BACK_DAYS) <= day < today]
            self._chores.extend((code, day) for day in past)
        self._expire(today)

    def _do_chore(self) -> None:
        """One day of one mine: its parts become one file and a daily summary."""
        if self._chores:
            mine, day = self._chores.popleft()
            compact(self._root / "history", mine, day)

    def _expire(self, today: date) -> None:
        """Readings, raw files and rows of plain files past their time; episodes and refused files' rows stay longer."""
        expire_history(self._root / "history", before(local_span("retention.history", today), today))
        cutoff = clock.beijing_midnight(before(local_span("retention.raw", today), today))
        expire(self._root / "journal", int(cutoff.timestamp()), self._engine.replay_from())
        plain = (FileStatus.done, FileStatus.late, FileStatus.duplicate)
        old = FeedFile.objects.filter(received_at__lt=cutoff, status__in=plain)
        patiently(old.delete, self._engine.stop)


def before(span: Span, today: date) -> date:
    """The first day that a retention of days or months still keeps."""
    if span.unit == "months":
        return add_months(today, -span.count)
    if span.unit == "days":
        return today - timedelta(days=span.count)
    raise ValueError(f"a retention of {span}: write days or months in corpus/local")


def _place_marks() -> dict[str, tuple[int, datetime | None]]:
    """Per mine, how many places are confirmed and when the last one was: changes whenever one is confirmed or voided."""
    rows = Point.objects.exclude(place="").values("mine__code").annotate(n=Count("id"), last=Max("place_confirmed_at"))
    return {row["mine__code"]: (row["n"], row["last"]) for row in rows}
