"""Who may be which role of the embedded database, and what other accounts of the machine can read."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from kuangan.host.database.accounts import OWN_ACCOUNT, acting_as, postgres_account, ready_account
from kuangan.host.database.address import APP_ROLE, OWNER_ROLE, embedded_address
from kuangan.host.database.ownership import hand_over
from kuangan.host.database.placement import Account
from kuangan.host.database.postgres import running_server, start
from kuangan.host.errors import CannotStart

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")
NOBODY = 65534


def may_connect(folder, role):
    try:
        psycopg.connect(embedded_address(folder, role).url()).close()
    except psycopg.OperationalError as refused:
        if "Peer authentication failed" not in str(refused):
            raise
        return False
    return True


@root_only
def test_a_process_of_root_is_not_the_databases_superuser(used_folder):
    with running_server(used_folder, durable=False):
        assert [may_connect(used_folder, role) for role in (APP_ROLE, OWNER_ROLE, "postgres")] == [True, True, False]
        with acting_as(postgres_account()):
            assert [may_connect(used_folder, role) for role in (APP_ROLE, OWNER_ROLE, "postgres")] == [
                False,
                False,
                True,
            ]


@root_only
def test_a_process_of_nobody_reaches_neither_the_socket_nor_a_role(used_folder):
    url = embedded_address(used_folder, "postgres").url()
    with running_server(used_folder, durable=False) as address, acting_as(Account(NOBODY, NOBODY, "nobody")):
        with pytest.raises(psycopg.OperationalError, match="Permission denied"):
            psycopg.connect(url)
        with pytest.raises(PermissionError):
            list(Path(address.host).iterdir())


@root_only
def test_root_runs_the_database_under_an_account_of_its_own_that_nobody_logs_in_with(monkeypatch):
    monkeypatch.delenv("KUANGAN_POSTGRES_USER", raising=False)
    account = ready_account()
    assert account.name == OWN_ACCOUNT
    assert account.uid not in {0, NOBODY}
    entry = subprocess.run(["getent", "passwd", OWN_ACCOUNT], capture_output=True, text=True, check=True).stdout
    assert entry.strip().endswith("nologin")


@root_only
def test_an_account_that_cannot_be_made_is_said_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr("kuangan.host.database.accounts.OWN_ACCOUNT", "kuangan-none")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match=r"不能建立运行数据库的系统账号 kuangan-none.*useradd"):
        ready_account()


@root_only
def test_a_cluster_that_trusted_everybody_and_belonged_to_nobody_is_taken_over(folder, monkeypatch):
    monkeypatch.setenv("KUANGAN_POSTGRES_USER", "nobody")
    former = start(folder, durable=False)
    former.stop()
    place = former.cluster.place
    (place / "pg_hba.conf").write_text("local all all trust\n")
    monkeypatch.delenv("KUANGAN_POSTGRES_USER")
    with running_server(folder, durable=False):
        assert may_connect(folder, APP_ROLE)
        assert not may_connect(folder, "postgres")
        account = postgres_account()
        assert {part.lstat().st_uid for part in (place, *place.rglob("*"))} == {account.uid}


@root_only
def test_a_file_with_a_second_name_is_never_given_away(folder):
    folder.make()
    place, outside = folder.root / "postgres", folder.root / "precious"
    place.mkdir()
    outside.write_text("precious")
    os.chown(outside, NOBODY, NOBODY)
    os.link(outside, place / "inside")
    os.chown(place, NOBODY, NOBODY)
    with pytest.raises(CannotStart, match="inside 另有硬链接"):
        hand_over(place, Account(54321, 54321, "stranger"))
    assert outside.stat().st_uid == NOBODY


@root_only
def test_links_in_a_cluster_are_not_followed_when_it_changes_hands(folder):
    folder.make()
    place, outside = folder.root / "postgres", folder.root / "precious"
    place.mkdir()
    outside.mkdir()
    (place / "link").symlink_to(outside)
    for part in (place, place / "link"):
        os.chown(part, NOBODY, NOBODY, follow_symlinks=False)
    assert hand_over(place, Account(54321, 54321, "stranger"))
    assert outside.stat().st_uid == 0
    assert (place / "link").lstat().st_uid == 54321


@root_only
def test_database_files_of_another_account_are_named_with_the_remedy(folder):
    start(folder, durable=False).stop()
    strange = next((folder.root / "postgres" / "base").glob("*/*"))
    os.chown(strange, 0, 0)
    with pytest.raises(CannotStart, match=rf"{strange} 属于账号 root.*chown -R {postgres_account().name}"):
        start(folder)


def test_what_an_earlier_version_left_open_is_closed_and_the_inbox_of_senders_is_not(folder):
    folder.root.mkdir(mode=0o755)
    for name in ("logs", "history", "inbox"):
        (folder.root / name).mkdir()
        (folder.root / name).chmod(0o755)
    (folder.root / "messages.jsonl").write_text("姓名")
    (folder.root / "messages.jsonl").chmod(0o644)
    (folder.root / "content").symlink_to(folder.root / "inbox")
    folder.make()
    modes = {part.name: stat.S_IMODE(part.lstat().st_mode) for part in folder.root.iterdir()}
    assert (modes["logs"], modes["history"], modes["messages.jsonl"]) == (0o700, 0o700, 0o600)
    assert modes["inbox"] == 0o755


@pytest.mark.parametrize(("command", "expected"), [("lawcheck", 0o077), ("setup", 0o022)])
def test_what_a_command_writes_is_for_its_account_alone_but_the_installation(command, expected, tmp_path):
    code = (
        "import os, sys; os.umask(0o022); from kuangan.cli.main import main\n"
        "try: main([sys.argv[1], '--help'])\nexcept SystemExit: pass\n"
        "print(oct(os.umask(0)))"
    )
    told = subprocess.run([sys.executable, "-c", code, command], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == oct(expected)


def test_a_copy_of_the_programs_can_be_run_by_every_account_under_a_closed_umask(folder):
    from kuangan.host.database.binaries import LIBRARIES, PACKAGE, SERVER, shipped_binaries, usable_binaries

    shipped = shipped_binaries()
    binaries = folder.root / "site" / PACKAGE / SERVER / "bin"
    shutil.copytree(shipped.parent, binaries.parent, symlinks=True)
    shutil.copytree(shipped.parents[2] / LIBRARIES, folder.root / "site" / LIBRARIES)
    folder.root.chmod(0o700)
    former = os.umask(0o077)
    try:
        copied = usable_binaries(Account(54321, 54321, "stranger"), binaries, folder.root.parent / "store")
    finally:
        os.umask(former)
    for part in (copied, *copied.parents[:3]):
        assert part.stat().st_mode & 0o005 == 0o005
