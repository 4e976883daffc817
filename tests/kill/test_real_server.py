"""`kuangan up` on a real PostgreSQL server: runs when DATABASE_URL and DATABASE_OWNER_URL name one."""

import os

import httpx
import psycopg
import pytest
from psycopg import sql

from kuangan.cli.migrate import missing
from kuangan.host.database.address import database_address
from kuangan.host.processes import wait_until
from tests.kill.platform import Platform

NAMED = dict(os.environ)
"""The environment before the tests start a server of their own."""
NAME = "test_kuangan_real_server"
OTHERS = ("web", "ingest", "sweep")

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(
        "DATABASE_OWNER_URL" not in NAMED, reason="没有用 DATABASE_URL 和 DATABASE_OWNER_URL 指定数据库服务器"
    ),
]


@pytest.fixture
def server():
    """A platform over an empty database made as docs/how-to/run.md says."""
    owner = database_address(owner=True, environ=NAMED)
    app = database_address(environ=NAMED)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
    with psycopg.connect(owner.url(), autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING UTF8 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0").format(
                sql.Identifier(NAME)
            )
        )
        platform = Platform("--no-demo")
        platform.variables = {"DATABASE_URL": app.named(NAME).url(), "DATABASE_OWNER_URL": owner.named(NAME).url()}
        try:
            yield platform
        finally:
            platform.remove()
            connection.execute(drop)


def test_it_starts_there_without_a_server_of_its_own_and_comes_back_after_lost_connections(server) -> None:
    server.start()
    server.wait_healthy(*OTHERS)
    assert "postgres" not in server.status()["children"]
    assert not (server.folder.root / "postgres").exists()
    owner = database_address(owner=True, environ=server.variables)
    assert missing(owner) == set()
    assert httpx.get(f"{server.address('web')}/login/", timeout=30).status_code == 200
    with psycopg.connect(owner.url(), autocommit=True) as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename <> current_user"
        connection.execute(ended, [NAME])
    for name in OTHERS:
        server.kill(name)
    server.wait_healthy(*OTHERS)
    assert wait_until(lambda: httpx.get(f"{server.address('web')}/login/", timeout=30).status_code == 200, 30)
    server.stop()
