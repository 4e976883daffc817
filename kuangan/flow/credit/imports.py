"""Confirmed sheets are written beside the sweep's rounds, one at a time, so that no alarm waits for 10,000 rows."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kuangan.core.apart import apart, is_clash, is_lost
from kuangan.core.errors import Refused
from kuangan.flow.cases.from_entries import open_from_entries
from kuangan.flow.credit.credits import entries_recorded
from kuangan.flow.credit.entries import require_founded
from kuangan.flow.effects import follow_deciding
from kuangan.flow.rules.run import touch
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.actions import (
    Refusal,
    RowsRefused,
    end_import,
    read_import,
    return_import,
    write_import,
    write_lines,
)
from kuangan.ledger.actions.imports import MOST_REFUSALS, refusals_of
from kuangan.ledger.models import Entry, Import
from kuangan.ledger.queries import queued_imports, unread_imports
from kuangan.ledger.values import EntryRefused

log = logging.getLogger("kuangan.sweep")
REST = timedelta(minutes=1)
UNFIT = "本行内容无法保存，请核对并删去特殊字符后重新上传；仍不能导入的，请联系系统管理员"
_worker: threading.Thread | None = None
_held_off = False
_resting: dict[int, datetime] = {}


def import_rows(imported: Import, at: datetime) -> bool:
    """Write a confirmed sheet with everything that follows from its entries; one that is no longer fit goes back whole.

    So does one of which the database refuses rows; they are named. Progress is written on a connection of its own, since the rows
    themselves can't be seen before they all are there.
    """
    try:
        _write(imported, at)
    except RowsRefused as refused:
        return_import(imported=imported, refusals=refused.refusals, at=at)
    except Refused:
        raise
    except Exception as error:
        unfit = [] if is_lost(error) or is_clash(error) else _unfit(imported, at)
        if not unfit:
            raise
        log.warning("import %s goes back: %d of its rows can't be written", imported.pk, len(unfit), exc_info=error)
        return_import(imported=imported, refusals=unfit, at=at)
    return True


def _write(imported: Import, at: datetime) -> None:
    with _progress(imported) as progress, transaction.atomic():
        entries = write_import(imported=imported, at=at, progress=progress)
        _require_founded(imported, entries)
        _follow(imported, entries, at)
        end_import(imported=imported, entries=entries, at=at)


def _require_founded(imported: Import, entries: Sequence[Entry]) -> None:
    """OwedByEach row as if it had been entered on its page. Raises :class:`RowsRefused` naming the rows."""
    refusals: list[Refusal] = []
    for line, entry in zip(imported.rows, entries, strict=True):
        try:
            require_founded(entry)
        except EntryRefused as refused:
            refusals += refusals_of(ledger_by_id(entry.ledger), line["row"], line["values"], refused.errors)
        if len(refusals) >= MOST_REFUSALS:
            break
    if refusals:
        raise RowsRefused(refusals)


def _follow(imported: Import, entries: Sequence[Entry], at: datetime) -> None:
    touch(entries, at)
    follow_deciding(entries, imported.by, at)
    entries_recorded(entries, imported.by, at)
    open_from_entries(entries, imported.by, at)


def _unfit(imported: Import, at: datetime) -> list[Refusal]:
    """Which rows can't be written, found out by writing them in ever smaller parts; nothing of it stays."""

    def attempt(lines: Sequence[Mapping[str, Any]]) -> None:
        _follow(imported, write_lines(imported=imported, lines=lines, at=at), at)

    with transaction.atomic():
        _, aside = apart(list(imported.rows), attempt)
        transaction.set_rollback(True)
    return [{"row": refused.row["row"], "label": "", "given": "", "reason": UNFIT} for refused in aside]


def start_queued(at: datetime) -> int:
    """Start writing what is queued unless that is under way or held off. Returns 0: nothing of it is done in the sweep's own round."""
    resting = [pk for pk, until in _resting.items() if at < until]
    if (unread_imports() | queued_imports()).exclude(pk__in=resting).exists():
        start_beside(lambda: _write_queued(at))
    return 0


def start_beside(work: Callable[[], None]) -> None:
    """Do something in the sweep's one helper thread, unless it is at work or held off."""
    global _worker  # noqa: PLW0603  # the one thread
    if not _held_off and not is_writing():
        _worker = threading.Thread(target=_closing, args=(work,), name="imports", daemon=True)
        _worker.start()


def _closing(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connection.close()


def is_writing() -> bool:
    """Whether a sheet is being written beside the sweep."""
    return _worker is not None and _worker.is_alive()


def hold_off(*, wanted: bool) -> None:
    """Whether to start no further sheet for now."""
    global _held_off  # noqa: PLW0603  # as above
    _held_off = wanted


def wait() -> None:
    """Until the sheets that were started are written."""
    if _worker is not None:
        _worker.join()


def _write_queued(at: datetime) -> None:
    """Every sheet that waits to be read or written once; one that fails stays as it is, rests and is tried again."""
    for step, imported in _waiting():
        try:
            step(imported, at)
        except Refused:
            log.info("import %s was read, written or dropped by another process", imported.pk)
        except Exception:
            log.exception("import %s failed; nothing of it is written, it is tried again in %s", imported.pk, REST)
            _resting[imported.pk] = at + REST


def _waiting() -> list[tuple[Callable[[Import, datetime], object], Import]]:
    """The sheets with what is to be done with each, large ones to be read first."""
    reads = [(_read, imported) for imported in unread_imports()]
    return [*reads, *((import_rows, imported) for imported in queued_imports())]


def _read(imported: Import, at: datetime) -> None:
    read_import(imported=imported, at=at)


class _Progress:
    """Tells how many rows of a sheet are written."""

    def __init__(self, imported: Import, own: BaseDatabaseWrapper) -> None:
        self.imported = imported
        self.own = own

    def __call__(self, done: int) -> None:
        with self.own.cursor() as cursor:
            cursor.execute("UPDATE ledger_import SET done = %s WHERE id = %s", [done, self.imported.pk])


@contextmanager
def _progress(imported: Import) -> Iterator[_Progress]:
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield _Progress(imported, own)
    finally:
        own.close()
