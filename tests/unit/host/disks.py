"""Small disks of a test's own, to be filled."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MB = 1 << 20


@contextmanager
def small_disk(megabytes: int, *, options: str = "mode=711") -> Iterator[Path]:
    """A file system of that size, until the test ends; the test is skipped, saying so, where none can be mounted."""
    if os.geteuid() != 0:
        pytest.skip("只有 root 能挂载小磁盘，无法试验磁盘写满")
    place = Path(tempfile.mkdtemp(prefix="kuangan-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,{options}", "tmpfs", str(place)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        place.rmdir()
        pytest.skip(f"本机不允许挂载小磁盘，无法试验磁盘写满：{mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


def fill(disk: Path, leave: int = 0, name: str = "filler") -> Path:
    """Write a file until only ``leave`` bytes are free."""
    place = disk / name
    found = os.statvfs(disk)
    with place.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(found.f_bavail * found.f_frsize - leave, 1))
    return place
