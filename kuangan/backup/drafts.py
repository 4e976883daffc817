"""The folder of a backup while it is made: it bears its name only when it is whole."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from kuangan.backup.manifest import DRAFT
from kuangan.base import clock
from kuangan.base.files import sync_folder
from kuangan.host.errors import CannotStart
from kuangan.host.file_lock import HeldElsewhere, file_lock

AFTER_FULL = "未完成的部分已删除，此前的备份不受影响；请腾出空间，或者用 KUANGAN_BACKUP_DIR 指定另一块磁盘后再备份"


def not_writable(place: Path, error: OSError) -> str:
    """What is to be said of a folder of backups that takes nothing (Chinese): why, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"备份文件夹 {place} 所在磁盘已满，备份已停止。{AFTER_FULL}"
    return f"备份文件夹 {place} 不能使用（{error.strerror}）；请检查权限和磁盘，或用 KUANGAN_BACKUP_DIR 另行指定"


def free_name(place: Path, began: datetime, kind: str = "") -> str:
    """The name of a backup that began at a moment: Beijing time to the second, and a number where that is taken."""
    stem = f"{clock.civil(began):%Y%m%d-%H%M%S}{f'-{kind}' if kind else ''}"
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(name for name in names if not (place / name).exists())


@contextmanager
def draft_folder(place: Path, name: str) -> Iterator[Path]:
    """A folder that bears its name only when all went well; what is left of one that did not is removed.

    One process at a time works in a folder of backups. Raises CannotStart.
    """
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(place / "lock", wait=False):
            for left in place.glob(f"{DRAFT}*"):
                shutil.rmtree(left)
            draft = place / f"{DRAFT}{name}"
            draft.mkdir(mode=0o700)
            try:
                yield draft
                os.sync()
                draft.rename(place / name)
                sync_folder(place)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except HeldElsewhere:
        raise CannotStart(f"备份文件夹 {place} 中已有一次备份正在进行") from None
    except OSError as error:
        raise CannotStart(not_writable(place, error)) from error
