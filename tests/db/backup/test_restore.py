"""A backup restored into an empty folder and database by the command, and what its trail says then."""

import os
import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from kuangan.backup.keys import keys_path
from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import AccountInvitation, Invitee, Restoration, Unit
from kuangan.core.queries.invitations import code_digest, invitee_by_code
from kuangan.core.trail.sealing import anchor_line, misfit, read_anchors, restorations
from kuangan.core.trail.verify import verify_trail
from kuangan.flow.proof.verify import in_words, prove
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import database_address
from kuangan.host.database.migrated import recorded
from kuangan.monitor.models import Cursor, FeedFile
from tests.database import drop, use_database
from tests.db.monitor.feedtext import MINE

PASSPHRASE = "correct horse battery"


@pytest.fixture
def emptied(committed_db, tmp_path):
    """An empty database on the tests' server, and the passphrase in a file."""
    address = database_address().named(f"{committed_db.name}_restored")
    with psycopg.connect(database_address(owner=True).url(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(address.name)))
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    yield address
    drop(address)


class Console:
    """Commands on the restored folder and database, as an operator gives them."""

    def __init__(self, address, home) -> None:
        self.root, self.home = home / "restored", home
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("KUANGAN_", "DATABASE_"))},
            "DATABASE_URL": address.url(),
            "DATABASE_OWNER_URL": database_address(owner=True).named(address.name).url(),
            "KUANGAN_DATA": str(self.root),
            "KUANGAN_TEST_CLOCK": "1",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "kuangan.cli.main", *words]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=False)

    def restore(self, folder, *words: str) -> subprocess.CompletedProcess:
        return self.run(
            "restore", str(folder), str(self.root), "--passphrase-file", str(self.home / "passphrase"), *words
        )


CODE = "ABCD-EFGH-JKMN"


def invited(works) -> Invitee:
    """Somebody in whose hands a letter with his code is."""
    unit = Unit.objects.get(code=MINE)
    person = actions.create_person(actor=None, name="甲十", unit=unit, phone="")
    invitation = AccountInvitation.objects.create(unit=unit, made_by=actions.system_user(), made_at=clock.wall_now())
    until = clock.wall_now() + timedelta(days=400)
    invitee = Invitee.objects.create(
        invitation=invitation, person=person, posts="", signs=False, code_digest=code_digest(CODE), expires_at=until
    )
    assert invitee_by_code(CODE) == invitee
    return invitee


@pytest.fixture
def console(emptied, tmp_path):
    return Console(emptied, tmp_path)


def test_a_restored_platform_is_whole_and_its_trail_tells_the_break_from_fraud(
    works, console, emptied, settings, monkeypatch
):
    invitee = invited(works)
    made = works.back_up(passphrase=PASSPHRASE, encrypt=True)
    works.send(30, 5)
    clock.move(clock.now() + timedelta(days=1))
    lost = read_anchors([anchor_line(actions.seal_ended_day())])[0]
    before = read_anchors((works.data.root / "seals").glob("*.json").__next__().read_text().splitlines())[0]
    ended = console.restore(made.folder)
    assert ended.returncode == 0, ended.stderr
    assert "以前已确认的内容全部在内" in ended.stdout
    assert "此前发放的 1 人的邀请码和绑定凭证已作废" in ended.stdout
    checked = console.run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    use_database(emptied)
    settings.DATA = DataFolder(console.root)
    monkeypatch.setenv("KUANGAN_DATA", str(console.root))
    assert FeedFile.objects.count() == 30
    ended_code = Invitee.objects.get(pk=invitee.pk)
    assert (ended_code.code_digest, ended_code.expires_at, invitee_by_code(CODE)) == ("", None, None)
    assert Cursor.objects.get(ended_at=None).identity == made.manifest.journals[0].identity
    (restoration,) = restorations()
    assert restoration.key != restoration.former_key == made.manifest.key
    proof = prove([before, lost])
    assert (proof.broken, proof.given_up) == (None, (lost.day,))
    assert "签名的恢复记录为证" in in_words(proof)
    works.data = DataFolder(console.root)
    works.send(30, 1)
    assert FeedFile.objects.latest("journal_seq").journal_seq > 10_000_000
    actions.seal_ended_day()
    assert verify_trail().broken is None
    with psycopg.connect(emptied.url()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM core_event")
    forged = restoration
    forged.last_id -= 1
    forged.save()
    assert "签名不成立" in verify_trail().broken.reason
    Restoration.objects.all().delete()
    assert "另一把封存密钥" in misfit(before, None, restorations())
    assert "不是本机密钥所签" in verify_trail().broken.reason


def test_a_damaged_backup_a_full_place_and_missing_keys_are_refused_before_anything_is_written(works, console):
    made = works.back_up(passphrase=PASSPHRASE)
    keys_path(works.place, made.manifest.name).unlink()
    assert "没有密钥备份" in console.restore(made.folder).stderr
    with (made.folder / "database.dump").open("ab") as file:
        file.write(b"!")
    refused = console.restore(made.folder, "--without-keys")
    assert refused.returncode == 1
    assert "database.dump 内容被改动或损坏" in refused.stderr
    assert not console.root.exists()
    console.root.mkdir()
    (console.root / "file").write_text("")
    assert "不是空文件夹" in console.restore(made.folder, "--without-keys").stderr
    (console.root / "file").unlink()
    assert "不是一份完整的备份" in console.restore(works.place, "--without-keys").stderr


def test_tables_change_only_after_the_database_was_written_out(works, console, emptied):
    made = works.back_up()
    assert console.restore(made.folder, "--without-keys").returncode == 0
    owner = database_address(owner=True).named(emptied.name)
    with psycopg.connect(owner.url()) as connection:
        connection.execute("DROP TABLE core_backup, core_restoretrial, core_restoration")
        connection.execute("DELETE FROM django_migrations WHERE app = 'core' AND name LIKE '%backups'")
    console.environ["KUANGAN_BACKUP_DIR"] = "/proc/none"
    refused = console.run("migrate")
    assert refused.returncode == 1
    assert "升级前的备份未完成，数据库未作改动" in refused.stderr
    assert not [name for name in recorded(owner) if name.endswith("backups")]
    console.environ["KUANGAN_BACKUP_DIR"] = str(works.place)
    migrated = console.run("migrate")
    assert "升级前已备份数据库" in migrated.stdout, migrated.stderr
    (kept,) = works.place.glob("*-upgrade")
    assert (kept / "database.dump").stat().st_size > 1000
