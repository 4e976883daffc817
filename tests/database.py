"""Test databases: one migrated template per state of the migrations, cloned for each worker and each committed test."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from psycopg import sql

import kuangan
from kuangan.host.database.address import DatabaseAddress, database_address
from kuangan.host.database.grants import grant_application_role
from kuangan.host.database.tables import TABLES, make_tables
from tests.hashing import QUICK_HASHER

Built = TypeVar("Built")
PREFIX = "test_kuangan"
LOCK = 0x6B75616E
KEPT_TEMPLATES = 4
LITTER = 500
"""Dead rows from which on a table is vacuumed between two modules."""
PATIENT = " -c idle_in_transaction_session_timeout=0"
"""A test that is rolled back idles in its transaction while the compiler works for the first time."""


def use_database(address: DatabaseAddress) -> None:
    """Point Django's default connection, in every thread, at `address`."""
    connections.close_all()
    for alias in connections:
        connections[alias].close()
        given = settings.DATABASES[alias]["OPTIONS"]
        if PATIENT not in given["options"]:
            given["options"] += PATIENT
        settings.DATABASES[alias].update(
            NAME=address.name, USER=address.user, PASSWORD=address.password, HOST=address.host, PORT=str(address.port)
        )


def migrations_digest() -> str:
    """12 digits that change with any migration, with the written tables and with Django."""
    found = hashlib.sha256(django.__version__.encode() + TABLES.read_bytes())
    package = Path(kuangan.__file__).parent
    for place in sorted(package.glob("*/migrations/*.py")):
        found.update(str(place.relative_to(package)).encode() + b"\0" + place.read_bytes())
    return found.hexdigest()[:12]


def ready_template() -> str:
    """The name of the migrated template for today's migrations, made when it is missing."""
    name = f"{PREFIX}_template_{migrations_digest()}"
    owner = database_address(owner=True)
    with psycopg.connect(owner.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not _exists(connection, name):
            _make_template(connection, name, owner)
            _drop_old_templates(connection)
    return name


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _make_template(connection: psycopg.Connection, name: str, owner: DatabaseAddress) -> None:
    draft = f"{name}_draft"
    _drop(connection, draft)
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    with psycopg.connect(owner.named(draft).url(), autocommit=True) as inside:
        grant_application_role(inside, settings.APP_ROLE)
    make_tables(owner.named(draft), settings.APP_ROLE)
    use_database(owner.named(draft))
    call_command("migrate", verbosity=0, interactive=False)
    use_database(owner)
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))


def _drop_old_templates(connection: psycopg.Connection) -> None:
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC OFFSET %s",
        [f"{PREFIX}_template_%", KEPT_TEMPLATES],
    )
    for (name,) in found.fetchall():
        _drop(connection, name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def clone(template: str, purpose: str) -> DatabaseAddress:
    """A fresh database like `template`, as the application role sees it. Leftovers of ended test runs are dropped."""
    suffix = os.environ.get("PYTEST_DB_SUFFIX", "")
    name = "_".join(part for part in (PREFIX, suffix, purpose, f"p{os.getpid()}") if part)
    with psycopg.connect(database_address(owner=True).url(), autocommit=True) as connection:
        _drop_leftovers(connection)
        _drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return database_address().named(name)


def _drop_leftovers(connection: psycopg.Connection) -> None:
    found = connection.execute(
        "SELECT datname FROM pg_database WHERE datname ~ %s", [rf"^{PREFIX}_.*_p[0-9]+$"]
    ).fetchall()
    for (name,) in found:
        if not Path(f"/proc/{name.rpartition('_p')[2]}").exists():
            _drop(connection, name)


def drop(address: DatabaseAddress) -> None:
    """End a cloned database and every session in it."""
    with psycopg.connect(database_address(owner=True).url(), autocommit=True) as connection:
        _drop(connection, address.name)


@contextmanager
def built_once(
    template: str, name: str, build: Callable[[], Built], back: DatabaseAddress, blocker: Any
) -> Iterator[tuple[DatabaseAddress, Built]]:
    """A database of its own in which ``build`` was run once, with what that made; tests use it by :func:`in_use`."""
    address = clone(template, name)
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK_HASHER):
        use_database(address)
        made = build()
        use_database(back)
    yield address, made
    drop(address)


def vacuum(address: DatabaseAddress) -> None:
    """Take out what rolled-back tests left: nobody else does, and each later test would read past all of it."""
    with psycopg.connect(database_address(owner=True).named(address.name).url(), autocommit=True) as connection:
        littered = connection.execute(
            "SELECT schemaname, relname FROM pg_stat_all_tables WHERE n_dead_tup > %s AND schemaname <> 'pg_toast'",
            [LITTER],
        ).fetchall()
        for schema, table in littered:
            connection.execute(sql.SQL("VACUUM {}.{}").format(sql.Identifier(schema), sql.Identifier(table)))


@contextmanager
def in_use(address: DatabaseAddress, back: DatabaseAddress, blocker: Any) -> Iterator[None]:
    """Django works on ``address``, afterwards on ``back`` again."""
    with blocker.unblock():
        use_database(address)
    yield
    with blocker.unblock():
        use_database(back)
