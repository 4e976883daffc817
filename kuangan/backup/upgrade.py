"""The small backup before an upgrade: the database alone, since a migration changes nothing else."""

import os

import kuangan
from kuangan.backup.database import DumpFailed, dumped
from kuangan.backup.drafts import draft_folder, free_name
from kuangan.backup.manifest import DUMP, Manifest, backups_in, write_manifest
from kuangan.backup.retention import remove
from kuangan.backup.taking import Former, NoRoomForBackup, Taker
from kuangan.base import clock
from kuangan.host.backup.plan import backup_plan
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import DatabaseAddress
from kuangan.host.database.migrated import recorded
from kuangan.host.errors import CannotStart

KIND = "upgrade"
KEPT = 3
"""Backups before upgrades that stay; each serves until the new version has proved itself."""


def back_up_before_upgrade(data: DataFolder, owner: DatabaseAddress) -> str:
    """Write the database out before migrations change it; where. Raises CannotStart: then nothing is to be migrated."""
    began = clock.wall_now()
    place = backup_plan(data).folder
    name = free_name(place, began, KIND)
    try:
        with draft_folder(place, name) as draft:
            taker = Taker(data.root, draft, Former(place))
            with dumped(owner) as dump:
                taker.take_stream(DUMP, dump)
            manifest = Manifest(
                name=name,
                kind=KIND,
                version=kuangan.__version__,
                began_at=began.isoformat(),
                moment=clock.now().isoformat(),
                ended_at=clock.wall_now().isoformat(),
                migrations=recorded(owner),
                **taker.result(),
            )
            write_manifest(draft, manifest)
    except (NoRoomForBackup, DumpFailed, CannotStart) as error:
        raise CannotStart(f"升级前的备份未完成，数据库未作改动：{error}") from error
    former = [folder for folder, kept in backups_in(place) if kept.kind == KIND]
    for folder in former[:-KEPT]:
        remove(folder)
    return os.fspath(place / name)
