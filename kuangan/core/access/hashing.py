"""Password hashes are dear on purpose (100 MB and a tenth of a second each), so one is computed at a time.

Every check and every new hash of a password goes through here; others wait a moment, then are told to come again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from kuangan.core.errors import Refused

AT_ONCE = 1
"""Hashes computed at the same time in this process; one uses several cores, and pages must have their turn beside it."""
WAITING = 16
"""Requests that may wait for their turn; more are sent away at once."""
PATIENCE_S = 5.0
"""How long one waits for its turn."""


class Crowded(Refused):
    """Too many want a password checked at this moment."""


_places = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(AT_ONCE + WAITING)


@contextmanager
def _turn() -> Iterator[None]:
    """One's turn to hash. Raises Crowded when the queue is full or does not move."""
    crowded = Crowded("当前登录人数较多，请稍候几秒后重试。")
    if not _queue.acquire(blocking=False):
        raise crowded
    try:
        _lend_connection()
        if not _places.acquire(timeout=PATIENCE_S):
            raise crowded
        try:
            yield
        finally:
            _places.release()
    finally:
        _queue.release()


def _lend_connection() -> None:
    """Give a pooled connection back while waiting: a crowd at the log-in must not take those of all pages."""
    if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
        connection.close()


def hashed(password: str) -> str:
    """The hash that an account keeps."""
    with _turn():
        return make_password(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether ``kept`` is the hash of ``password``. Without one, the same work is done for nothing."""
    with _turn():
        if kept is None:
            make_password(password)
            return False
        return check_password(password, kept)
