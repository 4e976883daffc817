"""Confirmed sheets are written beside the sweep's rounds, one at a time, so that no alarm waits for 10,000 rows."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kuangan.core.errors import Refused
from kuangan.flow.credits import entries_recorded
from kuangan.flow.ledger_rules import touch
from kuangan.ledger.actions import RowsRefused, end_import, return_import, write_import
from kuangan.ledger.models import Import
from kuangan.ledger.queries import queued_imports

log = logging.getLogger("kuangan.sweep")
REST = timedelta(minutes=1)
_worker: threading.Thread | None = None
_resting: dict[int, datetime] = {}


def import_rows(imported: Import, at: datetime) -> bool:
    """Write a confirmed sheet with everything that follows from its entries; one that is no longer fit goes back whole.

    Progress is written on a connection of its own, since the rows themselves can't be seen before they all are there.
    """
    try:
        with _progress(imported) as progress, transaction.atomic():
            entries = write_import(imported=imported, at=at, progress=progress)
            touch(entries, at)
            entries_recorded(entries, imported.by, at)
            end_import(imported=imported, entries=entries, at=at)
    except RowsRefused as refused:
        return_import(imported=imported, refusals=refused.refusals, at=at)
    return True


def start_queued(at: datetime) -> int:
    """Start writing what is queued unless that is under way. Returns 0: nothing of it is done in the sweep's own round."""
    global _worker  # noqa: PLW0603  # the sweep's one helper thread
    waiting = queued_imports().exclude(pk__in=[pk for pk, until in _resting.items() if at < until]).count()
    if waiting and (_worker is None or not _worker.is_alive()):
        _worker = threading.Thread(target=_write_queued, args=(at,), name="imports", daemon=True)
        _worker.start()
    return 0


def wait() -> None:
    """Until the sheets that were started are written."""
    if _worker is not None:
        _worker.join()


def _write_queued(at: datetime) -> None:
    """Every queued sheet once; one that fails stays queued, rests and is tried again."""
    try:
        for imported in list(queued_imports()):
            try:
                import_rows(imported, at)
            except Refused:
                log.info("import %s was written or dropped by another process", imported.pk)
            except Exception:
                log.exception("import %s failed; nothing of it is written, it is tried again in %s", imported.pk, REST)
                _resting[imported.pk] = at + REST
    finally:
        connection.close()


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
