import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.accounts import postgres_account
from kuangan.host.database.address import OWNER_ROLE, embedded_address
from kuangan.host.database.cluster import cluster_of
from kuangan.host.database.grants import grant_application_role
from kuangan.host.database.leftovers import PID_FILE, ServerInUse
from kuangan.host.database.placement import ROOT_STORE
from kuangan.host.database.postgres import running_server, start
from kuangan.host.errors import CannotStart
from kuangan.host.processes import process, wait_until, working_in

HOLDER = (
    "import sys, time; from pathlib import Path; from kuangan.host.data_folder import DataFolder\n"
    "from kuangan.host.database.postgres import start\n"
    "server = start(DataFolder(Path(sys.argv[1])), durable=False); print(server.child.pid, flush=True); time.sleep(60)"
)


def hold(folder):
    """Another process that keeps the folder's server; the process and the server's number."""
    child = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder.root)], stdout=subprocess.PIPE)
    return child, int(child.stdout.readline())


def ask(address, question):
    with psycopg.connect(address.url()) as connection:
        return connection.execute(question).fetchone()[0]


def test_the_first_start_makes_cluster_roles_and_database(folder):
    server = start(folder, durable=False)
    try:
        assert ask(embedded_address(folder), "SELECT current_user") == "kuangan_app"
        assert ask(
            embedded_address(folder), "SELECT datcollate || datlocale FROM pg_database WHERE datname='kuangan'"
        ) == ("CC.UTF-8")
        assert ask(embedded_address(folder), "SHOW listen_addresses") == ""
        assert (
            ask(
                embedded_address(folder, OWNER_ROLE),
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname='kuangan'",
            )
            == OWNER_ROLE
        )
        for place in (server.cluster.place, server.cluster.sockets):
            assert place.stat().st_mode & 0o777 == 0o700
            assert place.stat().st_uid == postgres_account().uid
    finally:
        server.stop()
    assert not any(working_in(server.cluster.place))


def test_rows_survive_a_stop_and_a_kill(used_folder):
    for end in (lambda server: server.stop(), lambda server: server.child.kill()):
        server = start(used_folder)
        with psycopg.connect(embedded_address(used_folder, OWNER_ROLE).url()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
        end(server)
        server.child.wait()
    server = start(used_folder)
    try:
        assert ask(embedded_address(used_folder, OWNER_ROLE), "SELECT count(*) FROM kept") == 2
    finally:
        server.stop()


def test_a_killed_keeper_takes_its_server_along_and_the_next_start_works(used_folder):
    keeper, number = hold(used_folder)
    keeper.kill()
    keeper.communicate()
    server = start(used_folder, durable=False)
    try:
        assert server.child.pid != number
        assert ask(embedded_address(used_folder), "SELECT 1") == 1
    finally:
        server.stop()
    assert wait_until(lambda: process(number) is None, 5)


def test_an_orphan_server_is_stopped_before_ours_starts(used_folder):
    cluster = cluster_of(used_folder)
    orphan = subprocess.Popen(
        [cluster.binaries / "postgres", "-D", cluster.place, "-c", "listen_addresses=", "-k", cluster.sockets],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=cluster.uid,
        group=cluster.gid,
        extra_groups=cluster.groups,
    )
    assert wait_until(lambda: (cluster.place / PID_FILE).exists() and process(orphan.pid) is not None, 5)
    assert wait_until(lambda: any(cluster.sockets.iterdir()), 5)
    server = start(used_folder, durable=False)
    try:
        assert orphan.wait(5) == 0
        assert ask(embedded_address(used_folder), "SELECT 1") == 1
    finally:
        server.stop()


def test_a_pid_file_that_names_a_foreign_process_stops_nobody(used_folder):
    server = start(used_folder, durable=False)
    note = (server.cluster.place / PID_FILE).read_text()
    server.stop()
    foreign = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        place = server.cluster.place / PID_FILE
        place.write_text("\n".join([str(foreign.pid), *note.splitlines()[1:]]) + "\n")
        server = start(used_folder, durable=False)
        assert ask(embedded_address(used_folder), "SELECT 1") == 1
        server.stop()
        assert foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()


def test_a_server_kept_by_a_living_process_is_used_but_neither_taken_nor_stopped(used_folder):
    keeper, number = hold(used_folder)
    try:
        with pytest.raises(ServerInUse, match=str(keeper.pid)):
            start(used_folder)
        with running_server(used_folder) as address:
            assert ask(address, "SELECT 1") == 1
        assert process(number) is not None
    finally:
        keeper.kill()
        keeper.communicate()
    assert wait_until(lambda: process(number) is None, 5)


def test_of_many_that_start_it_at_once_one_does(used_folder):
    code = (
        "import sys, psycopg; from pathlib import Path; from kuangan.host.data_folder import DataFolder\n"
        "from kuangan.host.database.postgres import running_server\n"
        "with running_server(DataFolder(Path(sys.argv[1])), durable=False) as address:\n"
        "    psycopg.connect(address.url()).close(); print('ready', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(used_folder.root)]
    askers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    assert [asker.stdout.readline() for asker in askers] == [b"ready\n"] * 3
    assert len([found for found in working_in(cluster_of(used_folder).place) if "-D" in found.cmdline()]) == 1
    for asker in askers:
        asker.communicate()
    assert [asker.returncode for asker in askers] == [0, 0, 0]
    assert not any(working_in(cluster_of(used_folder).place))


def test_a_long_path_still_gets_a_socket(folder):
    deep = DataFolder(folder.root / ("d" * 90))
    with running_server(deep, durable=False) as address:
        assert ask(address, "SELECT 1") == 1
    shutil.rmtree(address.host)


def test_a_socket_folder_of_someone_else_is_refused(folder, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of someone else's")
    folder.make()
    (folder.root / "pgsock").mkdir()
    with pytest.raises(CannotStart, match="pgsock 属于账号 0"):
        start(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")
def test_behind_a_closed_folder_root_places_cluster_and_binaries_where_the_account_can_go():
    closed = Path(tempfile.mkdtemp(prefix="kuangan-closed-"))
    folder = DataFolder(closed / "data")
    try:
        with running_server(folder, durable=False) as address:
            assert ask(address, "SELECT 1") == 1
            assert Path(address.host).is_relative_to(ROOT_STORE / folder.key)
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(ROOT_STORE / folder.key, ignore_errors=True)
        shutil.rmtree(closed)


def test_a_start_that_cannot_work_says_where_to_look(folder):
    cluster = cluster_of(folder)
    (cluster.place / "postgresql.auto.conf").write_text("no_such_setting = on\n")
    with pytest.raises(RuntimeError, match=r"退出码 1.*postgres\.log"):
        start(folder)
    assert "no_such_setting" in (folder.logs / "postgres.log").read_text()


def test_the_application_role_reads_and_writes_rows_and_owns_nothing(used_folder):
    with running_server(used_folder, durable=False):
        with psycopg.connect(embedded_address(used_folder, OWNER_ROLE).url(), autocommit=True) as owner:
            grant_application_role(owner, "kuangan_app")
            owner.execute("CREATE TABLE act (id bigint GENERATED ALWAYS AS IDENTITY, word text)")
            owner.execute("REVOKE UPDATE ON act FROM kuangan_app")
            grant_application_role(owner, "kuangan_app")
        with psycopg.connect(embedded_address(used_folder).url(), autocommit=True) as app:
            app.execute("INSERT INTO act (word) VALUES ('a')")
            assert app.execute("SELECT word FROM act").fetchall() == [("a",)]
            for refused in ("UPDATE act SET word = 'b'", "TRUNCATE act", "DROP TABLE act", "CREATE TABLE mine (n int)"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(refused)
            app.execute("DELETE FROM act")


def test_the_server_is_asked_to_stop_by_the_fast_signal(used_folder):
    server = start(used_folder, durable=False)
    with psycopg.connect(embedded_address(used_folder).url()) as idle:
        server.stop(patience=5)
        with pytest.raises(psycopg.OperationalError):
            idle.execute("SELECT 1")
    assert server.child.returncode == 0
    assert signal.SIGINT == 2
