"""The list of history files: what history must hold, written in one transaction with the state that relies on it."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from django.db import transaction

from kuangan.core.actions import record
from kuangan.mine.models import Mine
from kuangan.monitor.history import Part
from kuangan.monitor.history.layout import NO_JOURNAL
from kuangan.monitor.history.numbers import unpacked_numbers
from kuangan.monitor.ingest.write import Cursor as SqlCursor
from kuangan.monitor.ingest.write import transaction_cursor
from kuangan.monitor.models import Cursor, FeedFile, FileStatus, HistoryPart

TAKEN = (FileStatus.done, FileStatus.partial, FileStatus.late)
"""Results of files whose content was taken over."""
WITH_READINGS = "CDSS"
"""The type of file whose content goes into history."""

Numbers = npt.NDArray[np.int64]


def journal_keys() -> dict[str, int]:
    """The rows of the journals by what names of history files say of them; files without a name are of the first."""
    cursors = Cursor.objects.order_by("-pk").values_list("identity", "pk")
    return {identity[:8]: pk for identity, pk in cursors if identity} | {NO_JOURNAL: 1}


def insert_parts(cursor: SqlCursor, mine_id: int, journal: int, parts: Sequence[Part], at: datetime) -> None:
    """Put files into the list, inside the caller's transaction."""
    cursor.executemany(
        """
        INSERT INTO monitor_historypart (journal_id, mine_id, day, name, first_seq, last_seq, numbers, rows, size,
            sha256, written_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (mine_id, day, name) DO UPDATE SET lost_at = NULL
        """,
        [
            (
                journal,
                mine_id,
                part.day,
                part.path.name,
                part.name.first_seq,
                part.name.last_seq,
                part.numbers,
                part.rows,
                part.size,
                part.sha256,
                at,
            )
            for part in parts
        ],
    )


def write_checkpoint(mine_id: int, journal: int, seq: int, blob: bytes, parts: Sequence[Part], at: datetime) -> None:
    """Keep a mine's fold state and list the history files it relies on, in one transaction."""
    with transaction_cursor() as cursor:
        insert_parts(cursor, mine_id, journal, parts, at)
        _write_snapshot(cursor, mine_id, blob, journal, seq, at)


@transaction.atomic
def list_parts(mine: Mine, parts: Iterable[Part], at: datetime, *, replaced: Iterable[Path] = ()) -> None:
    """Put files into the list, and strike those out that they replace."""
    keys = journal_keys()
    for part in parts:
        HistoryPart.objects.update_or_create(
            mine=mine,
            day=part.day,
            name=part.path.name,
            defaults={
                "journal_id": keys.get(part.name.journal or NO_JOURNAL, 1),
                "first_seq": part.name.first_seq,
                "last_seq": part.name.last_seq,
                "numbers": part.numbers,
                "rows": part.rows,
                "size": part.size,
                "sha256": part.sha256,
                "written_at": at,
                "lost_at": None,
            },
        )
    for path in replaced:
        HistoryPart.objects.filter(mine=mine, day=date.fromisoformat(path.parent.name), name=path.name).delete()


@transaction.atomic
def seal_day(mine: Mine, day: date, parts: Sequence[Part], replaced: Sequence[Path], at: datetime) -> None:
    """List the files of a compacted day and write their hashes into the trail."""
    list_parts(mine, parts, at, replaced=replaced)
    files = [{"name": part.path.name, "rows": part.rows, "sha256": part.sha256} for part in parts]
    record(actor=None, action="history_sealed", subject=mine, data={"day": day.isoformat(), "files": files}, at=at)


def held(parts: Iterable[HistoryPart], journal: int) -> Numbers:
    """The numbers of one journal that these files hold, ascending."""
    numbers = [numbers_in(part) for part in parts if part.journal_id == journal]
    return np.unique(np.concatenate(numbers)) if numbers else np.empty(0, np.int64)


def numbers_in(part: HistoryPart) -> Numbers:
    """The numbers whose readings a file holds; one of an earlier release does not say: all taken files of its span."""
    if part.numbers is not None:
        return unpacked_numbers(part.numbers)
    span = {"journal_seq__gte": part.first_seq, "journal_seq__lte": part.last_seq}
    files = FeedFile.objects.filter(mine=part.mine_id, journal=part.journal_id, type=WITH_READINGS, **span)
    return np.array(sorted(files.filter(status__in=TAKEN).values_list("journal_seq", flat=True)), np.int64)


def without(wanted: Iterable[int], have: Collection[int] | Numbers) -> Numbers:
    """Numbers that are not among others, ascending."""
    return np.setdiff1d(np.fromiter(wanted, np.int64), np.asarray(list(have), np.int64))


def _write_snapshot(cursor: SqlCursor, mine_id: int, blob: bytes, journal: int, seq: int, at: datetime) -> None:
    """Keep the fold's state of a mine, inside the caller's transaction."""
    cursor.execute(
        """
        INSERT INTO monitor_foldsnapshot (mine_id, blob, sha256, journal_id, journal_seq, saved_at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (mine_id) DO UPDATE SET blob = EXCLUDED.blob, sha256 = EXCLUDED.sha256,
            journal_id = EXCLUDED.journal_id, journal_seq = EXCLUDED.journal_seq, saved_at = EXCLUDED.saved_at
        """,
        [mine_id, blob, hashlib.sha256(blob).hexdigest(), journal, seq, at],
    )
