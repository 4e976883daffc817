"""`kuangan migrate`: bring the tables up to date, as their owner."""

import os

import psycopg

from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import data_folder
from kuangan.host.database.address import DatabaseAddress, database_address
from kuangan.host.database.grants import grant_application_role
from kuangan.host.database.migrated import is_empty, missing
from kuangan.host.database.tables import make_tables
from kuangan.host.errors import CannotStart

REACH_SECONDS = 10
"""How long the database may take to answer."""


def add_arguments(parser: Parser) -> None:
    """Declare the command line."""
    parser.add_argument("--force", action="store_true", help="即使各表已是最新也重新核对")
    parser.add_argument("--no-backup", action="store_true", help="升级前不备份数据库")
    parser.add_argument("--every-step", action="store_true", help="空库也逐步建表，不用写好的表结构")


def run(args: Arguments) -> int:
    """Migrate when something is missing. Loads Django only then, since every start of the platform asks."""
    from kuangan.cli import django_setup

    os.environ["KUANGAN_DB_ROLE"] = "owner"
    with django_setup.database():
        owner = database_address(owner=True)
        _reach(owner)
        if not args.force and missing(owner) == set():
            return 0
        role = database_address().user
        if not args.no_backup and not is_empty(owner) and missing(owner):
            from kuangan.backup.upgrade import back_up_before_upgrade

            print(f"升级前已备份数据库：{back_up_before_upgrade(data_folder(), owner)}", flush=True)
        with psycopg.connect(owner.url(), autocommit=True) as connection:
            grant_application_role(connection, role)
        if not args.every_step and is_empty(owner):
            make_tables(owner, role)
        if args.force or missing(owner):
            django_setup.prepare("migrate")
            from django.core.management import call_command

            call_command("migrate", verbosity=1, interactive=False)
        print("数据库各表已是最新")
    return 0


def _reach(address: DatabaseAddress) -> None:
    """Raise CannotStart, in words, when the database cannot be reached."""
    try:
        psycopg.connect(address.url(), connect_timeout=REACH_SECONDS).close()
    except psycopg.OperationalError as error:
        why = str(error).strip().splitlines()[-1]
        raise CannotStart(
            f"无法连接数据库 {address.name}（{address.host}:{address.port}，用户 {address.user}）：{why}；"
            "请检查数据库是否运行，以及 DATABASE_URL、DATABASE_OWNER_URL"
        ) from None
