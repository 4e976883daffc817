"""Which journal this is, for the database: its row, the numbers that are never given again, and what has become of others.

Numbers, cursor, gaps and the list of history files are kept by journal, so that several may exist, one a place.
"""

import logging
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from kuangan.base import clock
from kuangan.core.actions import end_incident, raise_incident
from kuangan.monitor.database import patiently
from kuangan.monitor.journal import Gap, Journal
from kuangan.monitor.models import Cursor, FeedFile, FoldSnapshot, HistoryPart

_log = logging.getLogger(__name__)

_WRITE = "journal_write"
_KEY = "journal"


@dataclass(frozen=True, slots=True)
class JournalStanding:
    """A journal's row, its numbers that the database knows and the journal has no more, and the journal it replaced."""

    cursor: Cursor
    behind: Gap | None
    replaced: Cursor | None


def take_up(journal: Journal, stop: threading.Event) -> JournalStanding:
    """Find or make the journal's row and let its numbers go on after every number given before."""
    return patiently(lambda: _take_up(journal), stop)


@transaction.atomic
def _take_up(journal: Journal) -> JournalStanding:
    place = journal.root.name
    running = Cursor.objects.select_for_update().filter(place=place, ended_at=None).first()
    cursor = _row_of(journal, running)
    replaced = running if running is not None and running.pk != cursor.pk else None
    if replaced is not None:
        replaced.ended_at = clock.now()
        replaced.save(update_fields=["ended_at"])
    is_new = cursor.identity == ""
    cursor.identity = journal.identity or cursor.identity or uuid.uuid4().hex
    cursor.ended_at = None
    if is_new and replaced is not None and journal.is_empty:
        # people know files by number: a journal that takes another's place begins above it
        cursor.journal_seq = _highest_of_all()
        cursor.replay_from = cursor.journal_seq + 1
    cursor.save()
    if journal.identity != cursor.identity:
        journal.become(cursor.identity)
    behind = journal.go_on_after(highest(cursor))
    return JournalStanding(cursor, None if is_new and replaced is not None else behind, replaced)


def _row_of(journal: Journal, running: Cursor | None) -> Cursor:
    """The row by the journal's name; a journal without name takes the row of its place, unless it is another, new one."""
    named = Cursor.objects.filter(identity=journal.identity).first() if journal.identity else None
    if named is not None:
        return named
    if running is not None and (running.identity == "" or not (journal.identity or journal.is_empty)):
        return running
    number = (Cursor.objects.aggregate(most=Max("pk"))["most"] or 0) + 1
    return Cursor(pk=number, place=journal.root.name, saved_at=clock.now())


class JournalWatch:
    """Tells those who run the platform when the journal can't be written, and when it can again."""

    def __init__(self, journal: Journal, stop: threading.Event) -> None:
        self._journal = journal
        self._stop = stop
        self._told = False

    def look(self, at: datetime) -> None:
        """Called every second by the thread that owns the engine."""
        fault = self._journal.fault
        if fault is not None and not self._told:
            _log.error("接收日志不能写入：%s", fault)
            patiently(lambda: raise_incident(kind=_WRITE, key=_KEY, text=str(fault), call=True, at=at), self._stop)
            self._told = True
        elif fault is None and self._told:
            _log.warning("接收日志恢复写入")
            patiently(lambda: end_incident(kind=_WRITE, key=_KEY, at=at), self._stop)
            self._told = False


def highest(cursor: Cursor) -> int:
    """The highest number of a journal that the database has seen anywhere."""
    of = {"journal": cursor.pk}
    highest_seen = [
        FeedFile.objects.filter(**of).aggregate(most=Max("journal_seq"))["most"],
        FoldSnapshot.objects.filter(**of).aggregate(most=Max("journal_seq"))["most"],
        HistoryPart.objects.filter(**of).aggregate(most=Max("last_seq"))["most"],
    ]
    return max(cursor.journal_seq, *(number or 0 for number in highest_seen))


def _highest_of_all() -> int:
    return max((highest(cursor) for cursor in Cursor.objects.all()), default=0)
