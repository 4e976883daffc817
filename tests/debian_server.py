"""A PostgreSQL server of the operating system (Debian's packages), started by a test and gone after it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from kuangan.host.database.address import APP_ROLE, DATABASE_NAME, OWNER_ROLE, DatabaseAddress
from kuangan.host.processes import wait_until

OLDEST = 15
PASSWORD = "only-for-this-test"


def programs() -> Path | None:
    """The newest server's `bin` folder; None where none is installed that carries the platform."""
    versions = [place for place in Path("/usr/lib/postgresql").glob("*/bin/postgres") if int(place.parts[4]) >= OLDEST]
    return max(versions, key=lambda place: int(place.parts[4])).parent if versions else None


def why_not() -> str:
    """Why no such server can be started here, in words; "" when it can."""
    if programs() is None:
        return "本机没有 PostgreSQL 15 或更新的服务器（apt-get install postgresql）"
    if os.geteuid() == 0 and "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
        return "本机没有 postgres 账号，root 不能启动数据库服务器"
    return ""


@contextmanager
def debian_server() -> Iterator[tuple[DatabaseAddress, DatabaseAddress]]:
    """The database as the application's role and as the owner, made as docs/how-to/run.md says, over TCP with passwords."""
    place = Path(tempfile.mkdtemp(prefix="kuangan-debian-"))
    account = "postgres" if os.geteuid() == 0 else None
    if account:
        shutil.chown(place, account, account)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (pwfile := place / "password").write_text(PASSWORD)
    if account:
        shutil.chown(pwfile, account)
    bin_folder, own = programs(), {"user": account, "group": account, "extra_groups": []} if account else {}
    initdb = [bin_folder / "initdb", "--pgdata", place / "data", "--username", "postgres", "--auth", "scram-sha-256"]
    subprocess.run([*initdb, "--pwfile", pwfile], check=True, capture_output=True, cwd="/", **own)
    settings = ["-p", str(port), "-k", str(place), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    with (place / "log").open("ab") as log:
        server = subprocess.Popen(
            [bin_folder / "postgres", "-D", place / "data", *settings], cwd="/", stdout=log, stderr=log, **own
        )
    superuser = DatabaseAddress("postgres", "postgres", PASSWORD, "127.0.0.1", port)
    try:
        assert wait_until(lambda: _made(superuser), 60, every=0.2), (place / "log").read_text()[-3000:]
        roles = (APP_ROLE, OWNER_ROLE)
        yield tuple(DatabaseAddress(DATABASE_NAME, role, PASSWORD, "127.0.0.1", port) for role in roles)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(place)


def _made(superuser: DatabaseAddress) -> bool:
    """Whether the server answers; then the roles and the database are made."""
    try:
        connection = psycopg.connect(superuser.url(), autocommit=True)
    except psycopg.OperationalError:
        return False
    with connection:
        connection.execute(f"CREATE ROLE {OWNER_ROLE} LOGIN PASSWORD '{PASSWORD}' CREATEDB")
        connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{PASSWORD}' ROLE {OWNER_ROLE}")
        connection.execute(
            f"CREATE DATABASE {DATABASE_NAME} OWNER {OWNER_ROLE} ENCODING UTF8 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0"
        )
    return True
