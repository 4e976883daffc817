"""Whose files a cluster is made of. PostgreSQL can neither read nor repair a file that belongs to another account."""

import contextlib
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from kuangan.host.database.accounts import FORMER_ACCOUNT, Account
from kuangan.host.errors import CannotStart


def hand_over(place: Path, account: Account) -> bool:
    """Give the folder at ``place`` with all in it from the former shared account to ``account``; whether it was that one's.

    Only what belonged to the former account changes hands, no link is followed, and the folder itself comes last, so that
    an interrupted change is done again. A file with a second name may lie elsewhere, too: it is refused.
    """
    former = _former_uid()
    if os.geteuid() != 0 or former in {None, account.uid} or place.is_symlink() or not place.exists():
        return False
    if place.lstat().st_uid != former:
        return False
    for name, folder, status in _entries(place):
        if status.st_uid == former:
            if status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
                raise CannotStart(f"{place} 中的文件 {name} 另有硬链接，不能安全地更换属主；请核实后删除该链接再启动")
            os.chown(name, account.uid, account.gid, dir_fd=folder, follow_symlinks=False)
    os.chown(place, account.uid, account.gid, follow_symlinks=False)
    return True


def give_to(place: Path, account: Account) -> None:
    """Give the folder at ``place``, which we just made, with all in it to ``account``."""
    if os.geteuid() == 0:
        for name, folder, _ in _entries(place):
            os.chown(name, account.uid, account.gid, dir_fd=folder, follow_symlinks=False)
        os.chown(place, account.uid, account.gid, follow_symlinks=False)


def refuse_strange_files(place: Path, account: Account) -> None:
    """Raise CannotStart, in words, when something in the cluster belongs to another account than the server's."""
    for name, folder, status in _entries(place):
        if status.st_uid != account.uid:
            path = Path(f"/proc/self/fd/{folder}").resolve() / name
            raise CannotStart(
                f"数据库文件 {path} 属于账号 {_name(status.st_uid)}，数据库的账号 {account.name} 无法使用；"
                f"请执行 chown -R {account.name}: {place} 后再启动"
            )


def _entries(place: Path) -> Iterator[tuple[str, int, os.stat_result]]:
    """Everything below ``place``: its name, a descriptor of its folder, and what it is; links are not followed."""
    for _, folders, files, descriptor in os.fwalk(place):
        for name in (*folders, *files):
            with contextlib.suppress(FileNotFoundError):  # a running server removes files of its own
                yield name, descriptor, os.stat(name, dir_fd=descriptor, follow_symlinks=False)


def _former_uid() -> int | None:
    try:
        return pwd.getpwnam(FORMER_ACCOUNT).pw_uid
    except KeyError:
        return None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
