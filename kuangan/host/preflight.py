"""What `kuangan up` looks at before it starts anything, so that a person reads one sentence instead of a traceback."""

import os
import shutil
from pathlib import Path

from kuangan.base import clock, space
from kuangan.base.files import UnreadableFile
from kuangan.host.backup.plan import backup_plan
from kuangan.host.data_folder import RESTORING, DataFolder
from kuangan.host.database.address import database_address, uses_embedded
from kuangan.host.demo_file import NAME, read_demonstration
from kuangan.host.errors import CannotStart
from kuangan.host.secret_key import secret_key
from kuangan.host.standby.place import refuse_fenced

COMPILED_BYTES = 64 << 20
"""Room that compiled code takes, with something to spare."""


def make_folder(folder: DataFolder) -> None:
    """Make the data folder and prove that it can be written. Raises CannotStart."""
    root = folder.root
    try:
        folder.make()
        probe = folder.run / f"probe.{os.getpid()}"
        probe.touch(mode=0o600)
        probe.unlink()
    except (FileExistsError, NotADirectoryError):
        raise CannotStart(
            f"数据文件夹 {root} 的位置上是一个文件；请移走它，或用 KUANGAN_DATA 指定另一个文件夹"
        ) from None
    except OSError as error:
        raise CannotStart(
            f"数据文件夹 {root} 不能写入（{error.strerror}）；请检查其属主、权限以及磁盘是否已满或以只读方式挂载，"
            "或用 KUANGAN_DATA 指定另一个文件夹"
        ) from None


def check(folder: DataFolder, *, demo: bool, compiled: Path) -> None:
    """Raise CannotStart for everything that would end the processes one after the other. Call it after `make_folder`.

    ``demo``: whether a demonstration is wanted; ``compiled``: where compiled code goes.
    """
    if (folder.root / RESTORING).exists():
        raise CannotStart(
            f"数据文件夹 {folder.root} 的恢复没有完成，不能使用；请删除该文件夹，重新执行 kuangan restore"
        )
    if folder.is_practice and not uses_embedded():
        raise CannotStart("演练系统只用自带的数据库：请去掉 DATABASE_URL，或者用 kuangan up --practice 启动")
    backup_plan(folder)
    refuse_fenced(folder)
    if not demo and (folder.root / NAME).exists():
        raise CannotStart(
            f"数据文件夹 {folder.root} 是演示城市的数据（有 {NAME}），其账号和密码公开显示，不能用于正式运行；"
            "请用 KUANGAN_DATA 另设一个空文件夹，或去掉 --no-demo"
        )
    if not uses_embedded():
        database_address()
        database_address(owner=True)
    _check_small_files(folder)
    _check_room(folder)
    _check_compiled(compiled)


def _check_small_files(folder: DataFolder) -> None:
    try:
        secret_key(folder)
        if (folder.root / NAME).exists():
            read_demonstration(folder.root)
        if clock.clock_file().exists() and clock.is_movable():
            clock.read_movement()
    except UnreadableFile as damaged:
        raise CannotStart(str(damaged)) from None


def _check_room(folder: DataFolder) -> None:
    if not space.is_short(folder.root):
        return
    space.throw_out(folder.root)
    total, free = (getattr(shutil.disk_usage(folder.root), part) for part in ("total", "free"))
    if free < space.needed(total) - space.ballast_size(total):
        raise CannotStart(
            f"数据文件夹 {folder.root} 所在磁盘只剩 {free // space.MB} MB 空间，数据库无法安全运行；"
            f"请腾出空间（至少 {space.needed(total) // space.MB} MB）后再启动"
        )


def _check_compiled(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
        probe = place / f"probe.{os.getpid()}"
        probe.write_bytes(b"1")
        probe.unlink()
        free = shutil.disk_usage(place).free
    except OSError as error:
        raise CannotStart(
            f"编译缓存文件夹 {place} 不能写入（{error.strerror}）；请检查权限和磁盘空间，或用 NUMBA_CACHE_DIR 另行指定"
        ) from None
    if free < COMPILED_BYTES:
        raise CannotStart(
            f"编译缓存文件夹 {place} 所在磁盘只剩 {free // space.MB} MB 空间；"
            f"请腾出至少 {COMPILED_BYTES // space.MB} MB，或用 NUMBA_CACHE_DIR 指定另一个文件夹"
        )
