"""One supervised process: how it is started, what it says, when it may start again."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kuangan.host.heartbeat import Pulse

DELAYS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before each further start of a process that keeps ending."""

STEADY = 30.0
"""A process that ran this long ended for a new reason: its delays begin anew."""

LONGEST_LINE = 65536
"""Bytes after which a line without an end is passed on in parts."""


def next_delay(failures: int) -> float:
    """Seconds to wait before the start after the `failures`-th end in a row (from 1)."""
    return DELAYS[min(failures, len(DELAYS)) - 1]


@dataclass
class Child:
    """A named process. `launch` starts it in a session of its own, its output on a pipe.

    What a `quiet` one says goes to its log file only. One with a `pulse` is to give signs of life.
    """

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    quiet: bool = False
    pulse: Pulse | None = None
    running: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    starts: int = 0
    failures: int = 0
    due: float = 0.0
    rest: bytes = field(default=b"", repr=False)
    silent: bool = False

    def start(self) -> None:
        if self.pulse is not None:
            self.pulse.begin()
        self.running = self.launch()
        self.began = time.monotonic()
        self.starts += 1
        self.rest, self.silent = b"", False
        if self.running.stdout is not None:
            os.set_blocking(self.running.stdout.fileno(), False)

    def ended(self) -> int | None:
        """The exit status when it has ended since the last look, None while it runs or was never started."""
        return None if self.running is None else self.running.poll()

    def hangs(self) -> bool:
        """Whether it runs but has given no sign of life for its term."""
        return self.running is not None and self.pulse is not None and self.pulse.silence() > self.pulse.term

    def fail(self) -> float:
        """Note that it ended or did not start; the seconds until `due`, its next start."""
        now = time.monotonic()
        self.failures = 1 if self.running is not None and now - self.began > STEADY else self.failures + 1
        delay = next_delay(self.failures)
        self.due = now + delay
        self.running = None
        return delay

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and to what it started."""
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, number)

    def lines(self) -> list[str]:
        """The whole lines it wrote since the last call; once it has closed its output (`silent`) also the unfinished one."""
        if self.running is None or self.running.stdout is None:
            return []
        unread = self.rest
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self.running.stdout.fileno(), 65536):
                unread += part
            self.silent = True
        *whole, self.rest = unread.split(b"\n")
        if self.rest and (self.silent or len(self.rest) > LONGEST_LINE):
            whole.append(self.rest)
            self.rest = b""
        return [line.decode(errors="replace").rstrip("\r") for line in whole]
