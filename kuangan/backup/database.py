"""The database into a file and out of it, by PostgreSQL's own `pg_dump` and `pg_restore` (decision 25)."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql

from kuangan.backup.passphrase import pieces
from kuangan.core.trail.protect import PROTECTED_TABLES
from kuangan.host.database.address import DatabaseAddress
from kuangan.host.database.binaries import shipped_binaries
from kuangan.host.database.grants import grant_application_role
from kuangan.host.errors import CannotStart
from kuangan.host.processes import dies_with_parent

LEFT_EMPTY = ("core_loginsession", "core_loginpace", "django_session")
"""Tables whose rows are in no backup: who is logged in, and who guesses how fast, ends with a restore."""
NEWER_SETTING = "transaction_timeout"
"""What `pg_restore` of a newer PostgreSQL sets; an older server does not know it, and needs it not."""


class DumpFailed(Exception):
    """The database could not be written out; the message is Chinese."""


@contextmanager
def dumped(owner: DatabaseAddress, snapshot: str = "") -> Iterator[Iterator[bytes]]:
    """The dump, in pieces, of the database as of an exported snapshot (else as of now). Raises DumpFailed at the end."""
    options = ["--format=custom", "--compress=gzip:1", "--no-owner", "--no-privileges"]
    options += [f"--exclude-table-data={table}" for table in LEFT_EMPTY]
    options += [f"--snapshot={snapshot}"] if snapshot else []
    child = _program("pg_dump", options, owner)
    assert child.stdout is not None
    assert child.stderr is not None
    try:
        yield pieces(child.stdout)
        said = child.stderr.read().decode(errors="replace").strip()
        if child.wait() != 0:
            raise DumpFailed(f"数据库不能导出：{said.splitlines()[-1] if said else f'退出码 {child.returncode}'}")
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
        child.stderr.close()


def read_dump(owner: DatabaseAddress, role: str, source: Path) -> None:
    """Put a dump into an empty database; `role` may do with its tables what an installation grants. Raises CannotStart."""
    options = ["--no-owner", "--no-privileges", f"--jobs={min(4, os.cpu_count() or 1)}", str(source)]
    child = _program("pg_restore", options, owner)
    said = child.communicate()[1].decode(errors="replace")
    errors = [line for line in said.splitlines() if "error:" in line and NEWER_SETTING not in line]
    if errors:
        raise CannotStart(f"数据库不能恢复：{errors[0]}")
    with psycopg.connect(owner.url(), autocommit=True) as connection:
        grant_application_role(connection, role)
        if role != owner.user:
            for table in PROTECTED_TABLES:
                statement = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}, PUBLIC")
                connection.execute(statement.format(sql.Identifier(table), sql.Identifier(role)))
        connection.execute("ANALYZE")


def is_empty(owner: DatabaseAddress) -> bool:
    """Whether the database has no table."""
    with psycopg.connect(owner.url()) as connection:
        return connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def _program(name: str, options: list[str], address: DatabaseAddress) -> subprocess.Popen[bytes]:
    """PostgreSQL's program on a database; the password goes by the environment, where others do not see it."""
    connected = f"--dbname={replace(address, password='').url()}"
    return subprocess.Popen(
        [str(shipped_binaries() / name), connected, *options],
        env={**os.environ, **({"PGPASSWORD": address.password} if address.password else {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 (a command has one thread)
    )
