"""Database work that outlives a restart of PostgreSQL: the ingest service waits for it instead of losing its place."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import DatabaseError, DataError, InterfaceError, OperationalError, connection

T = TypeVar("T")

_log = logging.getLogger(__name__)
_FIRST_WAIT = 0.1
_LONGEST_WAIT = 2.0


UNREACHABLE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""Lost connections as Django names them and, from cursors of the driver itself, as the driver does."""


_OF_THE_DATA = frozenset({"21", "22", "23", "54"})
"""Classes of SQLSTATE that say something about what was to be written, not about the server or the tables."""

on_wait: list[Callable[[], None]] = []
"""Called whenever a wait for the database begins: what was under way is not to blame if the process ends meanwhile."""


def is_of_the_data(error: Exception) -> bool:
    """Whether an error lies in what was to be written: the same work would fail again, other work would not."""
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        return str(state)[:2] in _OF_THE_DATA
    if isinstance(error, (psycopg.Error, DatabaseError)):
        return isinstance(error, (psycopg.DataError, DataError))  # the driver's own refusal of a value
    return not isinstance(error, (MemoryError, OSError, InterfaceError))


class Stopping(Exception):
    """The service was told to stop while it waited for the database."""


def patiently(work: Callable[[], T], stop: threading.Event) -> T:
    """The result of `work`, tried again while the database can't be reached; `work` must be harmless when repeated.

    Inside a transaction of the caller nothing is retried, and never an error of the data. Raises Stopping when `stop` is set while waiting.
    """
    wait = _FIRST_WAIT
    while True:
        try:
            return work()
        except UNREACHABLE as error:
            if connection.in_atomic_block or is_of_the_data(error):
                raise
            for begin_waiting in on_wait:
                begin_waiting()
            _log.warning("数据库暂不可用，%.1f 秒后重试：%s", wait, str(error).strip())
            connection.close()
            if stop.wait(wait):
                raise Stopping from error
            wait = min(2 * wait, _LONGEST_WAIT)
