"""Taking over: the fence first, then a data folder out of what the standby has, its database brought up to the mark."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from kuangan.backup.manifest import JournalMark, Manifest, TrailHead
from kuangan.base import clock
from kuangan.base.files import replace_file
from kuangan.host.data_folder import RESTORING, DataFolder
from kuangan.host.database.cluster import own_folder, planned_cluster
from kuangan.host.database.migrated import newer_than_ours
from kuangan.host.database.ownership import give_to
from kuangan.host.database.postgres import launch, wait_ready
from kuangan.host.errors import CannotStart
from kuangan.host.standby.place import FENCE, FILES, StandbyMark, fence_of, raise_fence, read_mark

ALIVE = timedelta(minutes=2)
"""A mark younger than this says that the first platform still works."""
RECOVERY_PATIENCE = 3600.0
SETTINGS = "postgresql.auto.conf"


def ready_mark(place: Path, *, first_is_off: bool) -> StandbyMark:
    """The mark up to which to go. Raises CannotStart while the first platform seems to work, or another took over."""
    mark, fence = read_mark(place), fence_of(place)
    if mark is None:
        raise CannotStart(f"{place} 不是备机文件夹，或首次复制尚未完成；请改用最近的备份恢复")
    if fence and _is_finished(Path(fence["folder"])):
        raise CannotStart(f"{place} 已被 {fence['folder']} 接管；同一备机只能接管一次，两处同时运行数据将分叉")
    age = clock.wall_now() - mark.moment
    if age < ALIVE and not first_is_off:
        raise CannotStart(
            f"备机 {age.total_seconds():.0f} 秒前还在更新，主机可能仍在运行。请先停止主机并断开其网络，"
            "确认后加 --first-is-off 再执行：两处同时运行，数据将分叉且不能合并"
        )
    newer = newer_than_ours(mark.manifest["migrations"])
    if newer:
        raise CannotStart(f"主机的版本较新（{mark.manifest['version']}，含 {newer}）；请在本机安装同一版本")
    return mark


def _is_finished(folder: Path) -> bool:
    return (folder / "journal").is_dir() and not (folder / RESTORING).exists()


def manifest_of(mark: StandbyMark) -> Manifest:
    """The signed manifest of the mark, as a restore takes it."""
    written = dict(mark.manifest)
    journals = [JournalMark(**journal) for journal in written.pop("journals")]
    trail = written.pop("trail")
    return Manifest(**written, journals=journals, trail=TrailHead(**trail) if trail else None)


def put_standby_files(place: Path, mark: StandbyMark, data: DataFolder, keys: Mapping[str, bytes]) -> None:
    """The fence, the mark of an unfinished folder, the files, the keys, and the database's files with their way on."""
    raise_fence(place, data.root)
    data.make()
    replace_file(data.root / RESTORING, f"{place / FENCE}\n".encode())
    _copy_tree(place / FILES, data.root)
    for path, key in keys.items():
        target = data.root / path
        target.parent.mkdir(mode=0o700, exist_ok=True)
        replace_file(target, key)
    cluster = planned_cluster(data)
    own_folder(cluster.place, cluster.account)
    shutil.copytree(place / mark.base, cluster.place, dirs_exist_ok=True)
    for received in (place / mark.wal).iterdir():
        shutil.copyfile(received, cluster.place / "pg_wal" / received.name.removesuffix(".partial"))
    settings = (
        "restore_command = 'false'",
        f"recovery_target_lsn = '{mark.lsn}'",
        "recovery_target_action = 'promote'",
        "hot_standby = off",
    )
    (cluster.place / SETTINGS).write_text("".join(f"{line}\n" for line in settings))
    (cluster.place / "recovery.signal").touch()
    give_to(cluster.place, cluster.account)


def _copy_tree(source: Path, target: Path) -> None:
    for folder, _, files in os.walk(source):
        inside = target / os.path.relpath(folder, source)
        inside.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in files:
            if not file.startswith("."):
                shutil.copy2(Path(folder) / file, inside / file)


@contextmanager
def recovered_server(data: DataFolder) -> Iterator[None]:
    """The database, once it has come up to the mark and takes new rows. Raises RuntimeError when it does not."""
    server = launch(data)
    try:
        wait_ready(server, RECOVERY_PATIENCE)
        (server.cluster.place / SETTINGS).write_text("")
        yield
    finally:
        server.stop()
