"""Whether the database answers, asked all the time by a thread of its own, so that no page has to wait to find out."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from kuangan.base import clock
from kuangan.web.frame.live import listen_parameters

log = logging.getLogger(__name__)
PAUSE_S = 0.4
PATIENCE_S = 0.8
"""Seconds without an answer after which the database counts as gone."""


@dataclass
class DatabaseWatch:
    """What a process knows of its database; ``down_since`` None while it answers."""

    down_since: datetime | None = None
    asked_at: float | None = None
    """Monotonic moment of the question that waits for its answer."""
    waiting: "dict[asyncio.Event, asyncio.AbstractEventLoop]" = field(default_factory=dict)
    """Requests under way: the event that is set when the database falls, and its loop."""
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin: one thread asks, and may hang as the database does; the other looks how long it has been waiting."""
        threading.Thread(target=self._ask_for_ever, name="database-question", daemon=True).start()
        threading.Thread(target=self._look_for_ever, name="database-watch", daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()

    @contextlib.contextmanager
    def fall(self) -> Iterator[asyncio.Event]:
        """An event that is set as soon as the database stops answering."""
        event = asyncio.Event()
        self.waiting[event] = asyncio.get_running_loop()
        try:
            yield event
        finally:
            del self.waiting[event]

    def _ask_for_ever(self) -> None:
        asking: psycopg.Connection[Any] | None = None
        while not self.stopped.wait(PAUSE_S):
            self.asked_at = time.monotonic()
            asking = _asked(asking) or _asked(None)  # one lost connection is not yet a lost database
            if asking is None:
                self._fell()
            else:
                self.down_since = None
            self.asked_at = None

    def _look_for_ever(self) -> None:
        while not self.stopped.wait(PAUSE_S / 2):
            asked_at = self.asked_at
            if asked_at is not None and time.monotonic() - asked_at > PATIENCE_S:
                self._fell()

    def _fell(self) -> None:
        if self.down_since is None:
            self.down_since = clock.wall_now()
        for event, loop in list(self.waiting.items()):
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(event.set)


WATCH = DatabaseWatch()
"""The web process's own; `kuangan web` starts it."""


def _asked(asking: "psycopg.Connection[Any] | None") -> "psycopg.Connection[Any] | None":
    """The connection after it (or a new one) answered; None when it did not, for whatever reason: the asking must go on."""
    try:
        if asking is None:
            asking = psycopg.connect(
                **{**listen_parameters(), "application_name": "kuangan web watch"}, autocommit=True
            )
        asking.execute("SELECT 1")
    except Exception as error:
        if not isinstance(error, psycopg.Error):
            log.exception("the database could not be asked")
        if asking is not None:
            asking.close()
        return None
    return asking
