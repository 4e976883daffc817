"""Signs of life. A supervised process touches a file from its main loop; who hangs, touches it no more.

The supervisor judges by what changes between its own looks, never by the times themselves, so that a clock that is put
forward or back ends nobody.
"""

import contextlib
import os
import selectors
import socket
import struct
import time
from pathlib import Path
from typing import Protocol

VARIABLE = "KUANGAN_HEARTBEAT"
"""The file that this process is to touch; unset when nobody watches."""
BEAT_SECONDS = 1.0
"""A process touches its file at most this often."""
ASK_SECONDS = 2.0
"""A server is asked this often."""
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""PostgreSQL answers it with one byte before it looks at anything else, also while it recovers or is full."""

_last = 0.0


def beat() -> None:
    """Say that the main loop of this process is alive. Cheap enough for every round and every row."""
    global _last  # noqa: PLW0603  # one moment of this process
    place = os.environ.get(VARIABLE)
    now = time.monotonic()
    if place and now - _last >= BEAT_SECONDS:
        _last = now
        with contextlib.suppress(OSError):
            os.utime(place)


class Pulse(Protocol):
    """How the supervisor sees whether a child is alive; ``term``: seconds of silence after which it hangs."""

    term: float

    def begin(self) -> None:
        """The child is being started: what was before does not count."""

    def silence(self) -> float:
        """Seconds since the last sign; 0 as long as there was none since the start, which may take long."""

    def forgive(self) -> None:
        """The supervisor itself was away: silence counts from now."""

    def shown(self) -> bool:
        """Whether there was a sign since the start."""


class FilePulse:
    """The pulse of a process that calls :func:`beat`."""

    def __init__(self, place: Path, term: float) -> None:
        self.place = place
        self.term = term
        self._stamp: int | None = None
        self._changed = 0.0
        self._shown = False

    def begin(self) -> None:
        """Make the file anew; without room for it the process is not judged."""
        self._shown = False
        with contextlib.suppress(OSError):
            self.place.touch(mode=0o600)
        self._stamp = self._read()

    def _read(self) -> int | None:
        try:
            return self.place.stat().st_mtime_ns
        except OSError:
            return None

    def silence(self) -> float:
        stamp, now = self._read(), time.monotonic()
        if stamp is not None and stamp != self._stamp:
            self._stamp, self._changed, self._shown = stamp, now, True
        return now - self._changed if self._shown else 0.0

    def forgive(self) -> None:
        self._changed = time.monotonic()

    def shown(self) -> bool:
        return self._shown


class SocketPulse:
    """The pulse of a PostgreSQL server behind a Unix socket: it is asked, never waited for."""

    def __init__(self, place: Path, term: float) -> None:
        self.place = place
        self.term = term
        self._asked: socket.socket | None = None
        self._ask_at = 0.0
        self._answered = 0.0
        self._shown = False

    def begin(self) -> None:
        self._hang_up()
        self._shown, self._ask_at = False, 0.0

    def silence(self) -> float:
        now = time.monotonic()
        if self._asked is None and now >= self._ask_at:
            self._ask(now)
        elif self._asked is not None and self._readable(self._asked):
            with contextlib.suppress(OSError):
                self._shown = bool(self._asked.recv(1)) or self._shown
            self._answered = now
            self._hang_up()
        return now - self._answered if self._shown else 0.0

    def _ask(self, now: float) -> None:
        self._ask_at = now + ASK_SECONDS
        asked = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        asked.setblocking(False)
        try:
            asked.connect(str(self.place))
            asked.send(SSL_REQUEST)
        except OSError:
            asked.close()
        else:
            self._asked = asked

    @staticmethod
    def _readable(asked: socket.socket) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(asked, selectors.EVENT_READ)
            return bool(selector.select(0))

    def _hang_up(self) -> None:
        if self._asked is not None:
            self._asked.close()
            self._asked = None

    def forgive(self) -> None:
        self._answered = time.monotonic()
        self._hang_up()

    def shown(self) -> bool:
        return self._shown
