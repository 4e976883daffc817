"""Turns at costly work in one process: so many at once, so many wait, all others are told to come again."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Final


class Busy(Exception):
    """Too many wait already, or waited too long; nothing was done. Pages answer 503."""

    def __init__(self) -> None:
        super().__init__("正在处理的文件较多，请稍候再试。")


BEFORE_WAITING: Final[list[Callable[[], object]]] = []
"""What somebody gives back before he waits, so that a crowd at one door does not take what all pages need; each is called."""


class Turns:
    """Who works and who waits. ``patience_s``: seconds that somebody waits for a turn."""

    def __init__(self, *, at_once: int, waiting: int, patience_s: float) -> None:
        self._working = threading.BoundedSemaphore(at_once)
        self._inside = threading.BoundedSemaphore(at_once + waiting)
        self._patience_s = patience_s

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Work inside. Raises :class:`Busy`."""
        if not self._inside.acquire(blocking=False):
            raise Busy
        try:
            if not self._working.acquire(blocking=False):
                self._wait()
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._inside.release()

    def _wait(self) -> None:
        for give_back in BEFORE_WAITING:
            give_back()
        if not self._working.acquire(timeout=self._patience_s):
            raise Busy
