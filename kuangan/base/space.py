"""Room on the disk of the data folder, and the ballast that is thrown out when it runs short.

The ballast is a file of the supervisor's. Room counts it as free, so that throwing it out does not look like relief:
the platform takes nothing more in, and the ballast's bytes are there to finish what it has.
"""

import os
import shutil
from pathlib import Path

MB = 1 << 20
BALLAST_FILE = "ballast"
"""Its name in the folder `run`."""
KEPT_MOST, KEPT_LEAST = 512 * MB, 64 * MB
"""Bounds of what must stay free beside the ballast; between them it is a fiftieth of the disk."""
BALLAST_MOST, BALLAST_LEAST = 256 * MB, 32 * MB
"""Bounds of the ballast's bytes; between them it is a hundredth of the disk."""


def ballast_size(total: int) -> int:
    """Bytes of the ballast on a disk of ``total`` bytes."""
    return min(BALLAST_MOST, max(BALLAST_LEAST, total // 100))


def needed(total: int) -> int:
    """Bytes of room below which nothing more is taken in, on a disk of ``total`` bytes."""
    return min(KEPT_MOST, max(KEPT_LEAST, total // 50)) + ballast_size(total)


def room(folder: Path) -> int:
    """Bytes that ordinary accounts may still write on the disk of the data folder ``folder``, its ballast counted as free."""
    return shutil.disk_usage(folder).free + ballast_bytes(folder)


def ballast_bytes(folder: Path) -> int:
    """The bytes that the ballast holds now."""
    try:
        return (folder / "run" / BALLAST_FILE).stat().st_size
    except OSError:
        return 0


def is_short(folder: Path, *, reserve: int = 0) -> bool:
    """Whether the disk of the data folder is too full to take anything in; ``reserve``: bytes that are wanted beyond that."""
    return room(folder) < needed(shutil.disk_usage(folder).total) + reserve


def shortage(folder: Path) -> str:
    """What is to be said of a full disk (Chinese): where, how much is left, how much is needed, what to do."""
    missing = needed(shutil.disk_usage(folder).total) - room(folder)
    return (
        f"数据文件夹 {folder} 所在磁盘剩余空间 {max(room(folder), 0) // MB} MB，已低于下限，暂停接收新的文件；"
        f"请至少腾出 {max(missing // MB, 0) + 1} MB 空间，腾出后自动恢复。"
    )


def throw_out(folder: Path) -> None:
    """Give the ballast's bytes back to the disk."""
    (folder / "run" / BALLAST_FILE).unlink(missing_ok=True)


def take_in(folder: Path) -> bool:
    """Make the ballast when it is missing and there is room enough for it; whether it is there."""
    total = shutil.disk_usage(folder).total
    place, size = folder / "run" / BALLAST_FILE, ballast_size(total)
    if ballast_bytes(folder) >= size:
        return True
    if is_short(folder, reserve=size):
        return False
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError:
        throw_out(folder)
        return False
    finally:
        os.close(descriptor)
    return True
