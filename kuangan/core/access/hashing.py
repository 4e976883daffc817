"""Password hashes are dear on purpose (100 MB and a tenth of a second each), so one is computed at a time, behind the pages.

Every check and every new hash of a password goes through here; others wait a moment, then are told to come again.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from django.contrib.auth.hashers import check_password, make_password

from kuangan.base.turns import Busy, Turns
from kuangan.core.errors import Refused

Result = TypeVar("Result")
AT_ONCE: Final = 1
"""Hashes computed at the same time in this process; one uses several cores, and pages must have their turn beside it."""
WAITING: Final = 16
"""Requests that may wait for their turn; more are sent away at once."""
BEHIND_PAGES: Final = 10
"""How much less urgent a hash is than a page: a hash has eight threads, which would leave a page a fifth of the machine."""


class Crowded(Refused):
    """Too many want a password checked at this moment."""


def _step_back() -> None:
    # Of this thread; those that it makes begin with the same. A process that is less urgent already may not become more so.
    os.setpriority(os.PRIO_PROCESS, 0, max(BEHIND_PAGES, os.getpriority(os.PRIO_PROCESS, 0)))


_turns = Turns(at_once=AT_ONCE, waiting=WAITING, patience_s=5.0)
_hasher = ThreadPoolExecutor(AT_ONCE, "hashing", initializer=_step_back)


def _in_turn(work: Callable[[], Result]) -> Result:
    """What the work gives, in its turn. Raises Crowded when the queue is full or does not move."""
    try:
        with _turns.turn():
            return _hasher.submit(work).result()
    except Busy:
        raise Crowded("当前登录人数较多，请稍候几秒后重试。") from None


def hashed(password: str) -> str:
    """The hash that an account keeps."""
    return _in_turn(lambda: make_password(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether ``kept`` is the hash of ``password``. Without one, the same work is done for nothing."""
    return _in_turn(lambda: _checked(password, kept))


def _checked(password: str, kept: str | None) -> bool:
    if kept is None:
        make_password(password)
        return False
    return check_password(password, kept)
