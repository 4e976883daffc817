"""`kuangan up` on a real PostgreSQL server: one that DATABASE_URL and DATABASE_OWNER_URL name, else Debian's, started here."""

import json
import os
import subprocess
import sys

import httpx
import psycopg
import pytest
from psycopg import sql

from kuangan.host.database.address import database_address
from kuangan.host.database.migrated import missing
from kuangan.host.processes import wait_until
from tests.debian_server import debian_server, why_not
from tests.kill.platform import Platform

NAMED = dict(os.environ)
"""The environment before the tests start a server of their own."""
NAME = "test_kuangan_real_server"
OTHERS = ("web", "ingest", "sweep")

pytestmark = pytest.mark.kill


@pytest.fixture(scope="module")
def addresses():
    """The server's database as the application's role and as the owner."""
    if "DATABASE_OWNER_URL" in NAMED:
        yield database_address(environ=NAMED), database_address(owner=True, environ=NAMED)
        return
    if reason := why_not():
        pytest.skip(f"{reason}，也没有用 DATABASE_URL 和 DATABASE_OWNER_URL 指定，未试验外部数据库")
    with debian_server() as started:
        yield started


@pytest.fixture
def server(addresses):
    """A platform over an empty database made as docs/how-to/run.md says."""
    app, owner = addresses
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


def test_doctor_finds_nothing_wrong_with_it(server):
    server.start()
    server.wait_healthy(*OTHERS)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
    environ |= server.variables | {"KUANGAN_DATA": str(server.folder.root)}
    ended = subprocess.run(
        [sys.executable, "-m", "kuangan.cli.main", "doctor", "--json"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    results = {result["name"]: result for result in json.loads(ended.stdout)}
    good = {name for name, result in results.items() if result["condition"] == "正常"}
    wanted = {
        "进程",
        "端口",
        "监听",
        "数据库",
        "数据库表",
        "数据库账号",
        "数据库时钟",
        "密钥文件",
        "数据文件夹",
        "文件权限",
        "运行异常",
    }
    assert wanted - good == set(), [results[name] for name in wanted - good]
    assert "外部服务器" in results["数据库"]["text"]
    server.stop()
