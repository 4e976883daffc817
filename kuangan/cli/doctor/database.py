"""The database: reached, new enough, its roles kept apart, its tables up to date, its clock ours."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import psycopg

from kuangan.cli.doctor.running import supervisor
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import database_address, uses_embedded
from kuangan.host.database.migrated import missing
from kuangan.host.errors import CannotStart
from kuangan.host.machine.result import CheckResult, fault, good, unknown, warning

NAME = "数据库"
REACH_S = 3
OLDEST = 150000
"""PostgreSQL 15, as `server_version_num` says it."""
REWRITABLE = (
    "SELECT 1 FROM pg_class WHERE oid = to_regclass('public.core_event')"
    " AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')"
)
"""Finds the trail when the role may change what is in it."""
CLOCK_WORST_S = 2.0
CROWDED = 0.9


@cache
def unreachable() -> str:
    """Why the database cannot be reached, in words; "" when it can."""
    try:
        psycopg.connect(database_address().url(), connect_timeout=REACH_S).close()
    except CannotStart as wrong:
        return str(wrong)
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1]
    return ""


def reach(folder: DataFolder) -> CheckResult:
    """Whether the database answers, and whether its version carries the platform."""
    reason = unreachable()
    if reason and uses_embedded() and not supervisor(folder):
        return unknown(NAME, "平台没有运行，内置数据库随之停止", "启动平台后再检查一次。")
    if reason:
        remedy = (
            f"请查看 {folder.logs} 中 postgres.log 最后的记录；数据库由平台自动重启。"
            if uses_embedded()
            else "请检查数据库服务器是否运行、网络是否可达，以及 DATABASE_URL 中的主机、用户和密码。"
        )
        return fault(NAME, f"连接不上：{reason}", remedy)
    ((version, number, encoding),) = _asked_for(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
        " current_setting('server_encoding')"
    )
    if number < OLDEST:
        return fault(NAME, f"PostgreSQL {version}", "平台需要 PostgreSQL 15 或更新版本，请升级数据库服务器。")
    if encoding != "UTF8":
        return fault(NAME, f"编码是 {encoding}", "请按 docs/how-to/run.md 以 UTF8 编码重建数据库。")
    return good(NAME, f"PostgreSQL {version}，{'内置' if uses_embedded() else '外部服务器'}")


def _asked_for(statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database_address().url(), connect_timeout=REACH_S) as connection:
        return connection.execute(statement.encode()).fetchall()


def _asked(name: str) -> Callable[[Callable[[DataFolder], CheckResult]], Callable[[DataFolder], CheckResult]]:
    """A check that only a reachable database can answer."""

    def outer(check: Callable[[DataFolder], CheckResult]) -> Callable[[DataFolder], CheckResult]:
        def inner(folder: DataFolder) -> CheckResult:
            if unreachable():
                return unknown(name, "数据库连接不上")
            return check(folder)

        return inner

    return outer


@_asked("数据库表")
def migrations(_: DataFolder) -> CheckResult:
    """Whether every migration of this version has run."""
    try:
        waiting = missing(database_address())
    except psycopg.Error as error:
        return fault("数据库表", f"不能读取升级记录：{str(error).strip().splitlines()[0]}", "请执行 kuangan migrate。")
    if waiting:
        return fault(
            "数据库表", f"有 {len(waiting)} 项升级没有执行", "请先备份，再执行 kuangan migrate（kuangan up 自动执行）。"
        )
    return good("数据库表", "已是最新")


@_asked("数据库账号")
def role_rights(_: DataFolder) -> CheckResult:
    """Whether the application's role may neither own the tables nor rewrite the trail."""
    name = "数据库账号"
    ((role, superuser),) = _asked_for("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
    if superuser:
        return fault(
            name, f"{role} 是超级用户", "请按 docs/how-to/run.md 建立 kuangan_app 与 kuangan_owner 两个普通账号。"
        )
    owned = _asked_for("SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user LIMIT 1")
    if owned:
        remedy = "操作记录此时只受校验链保护。请分设两个账号，并设置 DATABASE_OWNER_URL。"
        return warning(name, f"{role} 同时是表的属主", remedy)
    rewritable = _asked_for(REWRITABLE)
    if rewritable:
        remedy = f"请以属主账号执行：REVOKE UPDATE, DELETE, TRUNCATE ON core_event FROM {role};"
        return fault(name, f"{role} 可以改写操作记录", remedy)
    return good(name, f"{role}，不能改写操作记录")


@_asked("数据库时钟")
def clock(_: DataFolder) -> CheckResult:
    """How far the database's clock is from the machine's."""
    error = clock_error()
    if abs(error) <= CLOCK_WORST_S:
        return good("数据库时钟", f"与本机相差 {abs(error):.1f} 秒")
    remedy = "记录时间以数据库为准，期限以本机为准。请让两台机器使用同一时间源。"
    return warning("数据库时钟", f"比本机{'快' if error > 0 else '慢'} {abs(error):.1f} 秒", remedy)


def clock_error() -> float:
    """Seconds by which the database is ahead of this machine."""
    with psycopg.connect(database_address().url(), connect_timeout=REACH_S) as connection:
        began = time.time()
        (told,) = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchall()
    return float(told[0]) - (began + time.time()) / 2


@_asked("数据库连接")
def connections(_: DataFolder) -> CheckResult:
    """Whether connections run out."""
    ((used, most),) = _asked_for(
        "SELECT (SELECT count(*) FROM pg_stat_activity), current_setting('max_connections')::int"
    )
    if used > most * CROWDED:
        return warning("数据库连接", f"{used}/{most}", "请查明是谁占用了连接，或提高 max_connections。")
    return good("数据库连接", f"{used}/{most}")
