"""Looking at processes, and tying a child's life to its parent's.

A process number alone proves nothing: numbers are reused. Every judgement here rests on what the process itself
shows — its command line, working folder, environment and start time.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent(signal_number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """A `preexec_fn` that has the kernel send `signal_number` to the child when its parent's thread ends.

    A child of a process with threads calls it itself, as its first act, with `parent` from `os.getppid()`.

    Linux only; elsewhere it does nothing and the next start cleans up. The parent must start the child from a
    thread that lives as long as itself: the kernel watches the thread.
    """
    expected = os.getpid() if parent is None else parent

    def in_child() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(signal_number))
            if os.getppid() != expected:
                os._exit(1)

    return in_child


def be_idle() -> None:
    """Let this process and its children take processor and disk only when nobody else wants them."""
    os.nice(19)
    if sys.platform == "linux":
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)


def process(pid: int) -> psutil.Process | None:
    """The living process with this number, zombies excepted."""
    try:
        running = psutil.Process(pid)
        return None if running.status() == psutil.STATUS_ZOMBIE else running
    except psutil.Error:
        return None


def started_at(pid: int) -> float | None:
    """When the process with this number started (seconds, wall clock), None when there is none."""
    running = process(pid)
    return None if running is None else running.create_time()


def is_same(pid: int, start: float) -> bool:
    """Whether the process that had number `pid` and began at `start` is still the one with that number."""
    now = started_at(pid)
    return now is not None and abs(now - start) < 1.0


def working_in(folder: Path) -> Iterator[psutil.Process]:
    """The living processes whose working folder is `folder`: for a cluster, all processes of its server."""
    wanted = str(folder.resolve())
    for running_process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if running_process.status() != psutil.STATUS_ZOMBIE and running_process.cwd() == wanted:
                yield running_process


def with_environment(name: str, value: str) -> Iterator[psutil.Process]:
    """The living processes, ourselves excepted, started with `name=value` in their environment."""
    for running_process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if running_process.pid != os.getpid() and running_process.environ().get(name) == value:
                yield running_process


def wait_until(met: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Ask `met` until it is true or `seconds` have passed; the last answer."""
    end = time.monotonic() + seconds
    while not met():
        if time.monotonic() >= end:
            return False
        time.sleep(every)
    return True
