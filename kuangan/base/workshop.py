"""Work on what people upload or type at length, in processes of its own: workbooks, papers, Word files.

Each job runs in a child of the foreman (``foreman``) with limits of memory and time; a child that dies takes nothing with it.
A few jobs run at once, a few may wait, all others are told to come again. Results are plain values, days, moments, decimals.
"""

import contextlib
import io
import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kuangan.base.foreman import LENGTH, receive
from kuangan.base.turns import Turns

AT_ONCE: Final = 2
"""Jobs that run at the same time."""
WAITING: Final = 16
"""Jobs that may wait for their turn; one more is told to come again."""
PATIENCE_S: Final = 10.0
"""Seconds that a job waits for its turn."""
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_DATA_HOME", "XDG_DATA_DIRS")
_SPARING: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "2",
    "MALLOC_ARENA_MAX": "2",
}
_PLAIN: Final = {
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
}


@dataclass(frozen=True)
class JobLimits:
    """What one job may take: seconds of processors, seconds on the clock, bytes beyond what the foreman holds."""

    cpu_s: int = 10
    wall_s: float = 20.0
    memory: int = 768 * 1024 * 1024


USUAL: Final = JobLimits()


class Died(Exception):
    """The job took more than its limits, or its process was killed; nothing was done."""


class Raised(Exception):
    """The job raised. ``kind``: the exception's module and name; the text is its own."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text


def run(module: str, function: str, *args: Any, limits: JobLimits = USUAL) -> Any:
    """What a module's function gives for these arguments, computed elsewhere. Raises :class:`Died`, :class:`Raised`, ``turns.Busy``."""
    with _turns.turn():
        answer = _asked(module, function, args, limits)
    if answer[0] == "done":
        return answer[1]
    if answer[0] == "raised":
        raise Raised(answer[1], answer[2])
    raise Died(f"{module}.{function}: out of memory")


def make_ready(module: str) -> None:
    """Have the foreman read a module before its first job comes, and keep a child ready where the module can be warmed up."""
    _foreman.order(_order(module, USUAL), [])


def _order(module: str, limits: JobLimits) -> bytes:
    return f"{module}\n{limits.cpu_s}\n{limits.wall_s}\n{limits.memory}".encode()


_turns = Turns(at_once=AT_ONCE, waiting=WAITING, patience_s=PATIENCE_S)


def _asked(module: str, function: str, args: tuple[Any, ...], limits: JobLimits) -> tuple[Any, ...]:
    job = pickle.dumps((function, args), protocol=pickle.HIGHEST_PROTOCOL)
    try:
        try:
            answer = _answered(module, job, limits)
        except (
            ConnectionResetError,
            BrokenPipeError,
        ):  # the child was gone before it had read its job: nothing was begun
            answer = _answered(module, job, limits)
    except (EOFError, OSError) as gone:
        raise Died(f"{module}.{function}") from gone
    answered: tuple[Any, ...] = _PlainUnpickler(io.BytesIO(answer)).load()
    return answered


def _answered(module: str, job: bytes, limits: JobLimits) -> bytes:
    """What a child says to the job. Raises ``EOFError`` or ``OSError`` when it is gone before it has answered."""
    own, theirs = socket.socketpair()
    with own, theirs:
        _foreman.order(_order(module, limits), [theirs.fileno()])
        theirs.close()
        own.settimeout(limits.wall_s + 10)  # the child is ended by its own alarm long before
        own.sendall(LENGTH.pack(len(job)) + job)
        return receive(own)


class _PlainUnpickler(pickle.Unpickler):
    """Takes plain values only, whatever a child was made to say."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _PLAIN:
            raise pickle.UnpicklingError(f"{module}.{name} is no plain value")
        return super().find_class(module, name)


class _Foreman:
    """The foreman of this process, started when first needed and again when it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._owner = 0
        self._process: subprocess.Popen[bytes] | None = None

    def order(self, order: bytes, descriptors: Sequence[int]) -> None:
        """Send one order with the socket of its job, or without."""
        with self._lock:
            if self._control is not None and self._owner == os.getpid():
                with contextlib.suppress(OSError):
                    socket.send_fds(self._control, [order], descriptors)
                    return
            self._control = self._started()
            self._owner = os.getpid()
            socket.send_fds(self._control, [order], descriptors)

    def _started(self) -> socket.socket:
        own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        root = str(Path(__file__).parents[2])
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kuangan.base.foreman"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=environ | _SPARING | {"PYTHONPATH": root},
            )
        return own


_foreman = _Foreman()
