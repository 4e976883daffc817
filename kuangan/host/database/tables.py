"""The tables as the migrations leave them, written down, so that a new database need not walk through every migration.

Django draws every model anew for each of hundreds of operations: half a minute of a new folder's first start. The
written tables stand in a second. Migrations that are newer than the file run after it as ever, so nobody has to renew
it (`kuangan setup tables`) but to be quick; that it makes what the migrations make is a test.
"""

import re
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import APP_ROLE, OWNER_ROLE, DatabaseAddress, embedded_address
from kuangan.host.database.cluster import planned_cluster

TABLES = Path(__file__).with_name("tables.sql")
LEFT_OUT = re.compile(r"^(--.*|\\.*|SET .*|SELECT pg_catalog\.set_config.*|ALTER DEFAULT PRIVILEGES .*|)$")
"""What a dump says to psql, to sessions and to readers; a line between two dollar signs is never looked at."""
GRANT = re.compile(rf"^(GRANT .* TO ){APP_ROLE};$")
MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00'")
"""The moment of the dump, as a row of it tells it; the row is made when the tables are."""


def written_tables(folder: DataFolder, name: str) -> str:
    """The statements that make the tables and rows of the database `name` on the folder's running server."""
    address = embedded_address(folder, OWNER_ROLE).named(name)
    program = str(planned_cluster(folder).binaries / "pg_dump")
    dump = subprocess.run(
        [program, "--no-owner", "--inserts", f"--dbname={address.url()}"], check=True, capture_output=True, text=True
    ).stdout
    return _statements(dump)


def _statements(dump: str) -> str:
    kept, inside = [], False
    for line in dump.splitlines():
        if inside or not LEFT_OUT.match(line):
            kept.append(MOMENT.sub("now()", line))
        inside ^= line.count("$$") % 2 == 1
    return "\n".join(kept) + "\n"


def make_tables(owner: DatabaseAddress, role: str) -> None:
    """Make the written tables in an empty database, all or none; `role` may do with them what the file grants."""
    lines = TABLES.read_text(encoding="utf-8").splitlines()
    grants = [match[1] for line in lines if (match := GRANT.match(line))]
    with psycopg.connect(owner.url()) as connection:
        connection.execute("\n".join(line for line in lines if not GRANT.match(line)).encode())
        if role == owner.user:
            return
        for kind in ("TABLES", "SEQUENCES"):
            connection.execute(
                sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(sql.SQL(kind), sql.Identifier(role))
            )
        for grant in grants:
            connection.execute(sql.SQL(grant) + sql.Identifier(role))
