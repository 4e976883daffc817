"""Locks between processes that the kernel releases when the holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class HeldElsewhere(RuntimeError):
    """Another process holds the lock."""


@contextmanager
def file_lock(place: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock file at `place`; with `wait=False` raises HeldElsewhere instead of waiting for its holder."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            holder = os.pread(descriptor, 64, 0).decode(errors="replace").strip()
            raise HeldElsewhere(f"{place} 由进程 {holder or '（不明）'} 占用") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
