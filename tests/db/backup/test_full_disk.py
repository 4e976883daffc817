"""A disk of backups that fills: nothing half-made stays, the backup before does, somebody is told, the next one works."""

import shutil
from types import SimpleNamespace

import pytest

from kuangan.backup import command
from kuangan.backup.checking import check_all
from kuangan.backup.manifest import backups_in
from kuangan.backup.restoring import opened, prove_files
from kuangan.base import space
from kuangan.core.models import Backup, Incident
from kuangan.host.errors import CannotStart
from tests.unit.host.disks import MB, fill, small_disk


def test_a_full_disk_of_backups_keeps_the_one_before_and_the_next_one_works(works, monkeypatch):
    monkeypatch.setattr(command, "be_idle", lambda: None)
    monkeypatch.setattr(command, "database_address", lambda **_: works.address)
    with small_disk(40) as disk:
        place = disk / "backups"
        former = works.back_up(place=place)
        filler = fill(disk, leave=MB // 8)
        asked = SimpleNamespace(folder=place, daily=True, passphrase_file=None, encrypt=False)
        assert command.run(asked) == 1
        assert {path.name for path in place.iterdir()} == {former.folder.name, "lock"}
        prove_files(opened(former.folder, str, archive=None, without_keys=True, beside=None), lambda _: None)
        failed = Backup.objects.get()
        assert (failed.is_taken, "磁盘已满" in failed.fault, "此前的备份不受影响" in failed.fault) == (
            False,
            True,
            True,
        )
        assert Incident.objects.get(kind="backup_failed").ended_at is None
        filler.unlink()
        assert command.run(asked) == 0
        assert len(list(backups_in(place))) == 2
        assert Incident.objects.get(kind="backup_failed").ended_at is not None
        assert [checked for checked in check_all(works.data.root) if checked.faults] == []


def test_many_small_files_do_not_fill_the_disk_that_the_platform_works_on(works, settings):
    with small_disk(200) as disk:
        root = disk / "data"
        shutil.copytree(works.data.root, root)
        (root / "local").mkdir(exist_ok=True)
        for number in range(40):
            (root / "local" / f"{number}.bin").write_bytes(bytes(MB))
        works.data = type(works.data)(root)
        fill(disk, leave=space.needed(200 * MB) + 10 * MB)
        with pytest.raises(CannotStart, match="平台也在使用该磁盘"):
            works.back_up(place=disk / "backups")
        assert not space.is_short(root)
        assert [path.name for path in (disk / "backups").iterdir()] == ["lock"]
