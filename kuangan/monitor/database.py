"""Database work that outlives a restart of PostgreSQL: the ingest service waits for it instead of losing its place."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")

_log = logging.getLogger(__name__)
_FIRST_WAIT = 0.1
_LONGEST_WAIT = 2.0


UNREACHABLE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""Lost connections as Django names them and, from cursors of the driver itself, as the driver does."""


class Stopping(Exception):
    """The service was told to stop while it waited for the database."""


def patiently(work: Callable[[], T], stop: threading.Event) -> T:
    """The result of `work`, tried again while the database can't be reached; `work` must be harmless when repeated.

    Inside a transaction of the caller nothing is retried. Raises Stopping when `stop` is set while waiting.
    """
    wait = _FIRST_WAIT
    while True:
        try:
            return work()
        except UNREACHABLE as error:
            if connection.in_atomic_block:
                raise
            _log.warning("数据库暂不可用，%.1f 秒后重试：%s", wait, str(error).strip())
            connection.close()
            if stop.wait(wait):
                raise Stopping from error
            wait = min(2 * wait, _LONGEST_WAIT)
