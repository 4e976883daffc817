import os
import re
import subprocess
import sys

import psycopg

from kuangan.host.database.address import DATABASE_NAME, OWNER_ROLE, embedded_address
from kuangan.host.database.migrated import missing, written
from kuangan.host.database.postgres import running_server
from kuangan.host.database.tables import TABLES, written_tables
from tests.unit.host.conftest import open_folder


def kuangan(folder, *arguments):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environ["KUANGAN_DATA"] = str(folder.root)
    command = [sys.executable, "-m", "kuangan.cli.main", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_an_empty_database_is_migrated_once_and_then_left_alone():
    with open_folder() as folder:
        first = kuangan(folder, "migrate")
        assert first.returncode == 0, first.stderr
        assert "最新" in first.stdout
        second = kuangan(folder, "migrate")
        assert (second.returncode, second.stdout) == (0, "")
        with running_server(folder):
            assert missing(embedded_address(folder, OWNER_ROLE)) == set()
        assert ("core", "0001_initial") in written()


CASTS = re.compile(r"::(character varying|text)|\[\]|[()]")
"""PostgreSQL writes a list of words otherwise once it has read its own writing."""


def tables(folder):
    """What a dump of the folder's database tells; in which order migrations of several packages ran is left out."""
    lines = written_tables(folder, DATABASE_NAME).splitlines()
    return [CASTS.sub("", line) for line in lines if "django_migrations" not in line]


def test_the_written_tables_are_what_every_step_makes():
    with open_folder() as quick, open_folder() as thorough:
        with running_server(quick, durable=False):
            assert kuangan(quick, "migrate").returncode == 0
            made = tables(quick)
        with running_server(thorough, durable=False):
            steps = kuangan(thorough, "migrate", "--every-step")
            assert "core.0001_initial" in steps.stdout, steps.stderr
            assert tables(thorough) == made


def test_the_trail_of_the_written_tables_is_protected_too():
    with open_folder() as folder, running_server(folder, durable=False) as address:
        assert kuangan(folder, "migrate").returncode == 0
        with psycopg.connect(address.url()) as connection:
            rights = connection.execute("SELECT privilege_type FROM information_schema.role_table_grants"
                                        " WHERE table_name = 'core_event' AND grantee = %s", [address.user]).fetchall()  # fmt: skip
        assert {right for (right,) in rights} == {"SELECT", "INSERT"}


def test_the_written_tables_record_only_migrations_that_exist():
    text = TABLES.read_text(encoding="utf-8")
    recorded = {tuple(line.split("'")[1::2]) for line in text.splitlines() if "INTO public.django_migrations" in line}
    assert ("core", "0001_initial") in recorded
    assert recorded <= written() | {("sessions", "0001_initial")}
