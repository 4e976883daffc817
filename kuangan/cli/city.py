"""`kuangan city`: a city from nothing to a working one, on the server's own console."""

import sys

from django.db import transaction

from kuangan.city.founding import FoundedCity, found_city
from kuangan.cli.parser import Arguments, Parser
from kuangan.core.actions.access.console import FirstLogin, create_administrator
from kuangan.core.errors import Refused
from kuangan.law.role import Role


def add_arguments(parser: Parser) -> None:
    parts = parser.add_subparsers(dest="part", required=True, metavar="new", parser_class=Parser)
    new = parts.add_parser("new", help="按设区市代码建立市、县、政府、应急管理局及其岗位，并建立第一名系统管理员")
    new.add_argument("code", help="设区市代码，六位数字，如 140400")
    new.add_argument("--username", required=True, help="系统管理员的用户名")
    new.add_argument("--name", required=True, help="系统管理员的姓名")
    new.add_argument("--phone", default="", help="系统管理员的手机")


def run(args: Arguments) -> int:
    """Exit status 0: done; 1: refused, with the reason, and nothing was made."""
    try:
        with transaction.atomic():
            founded = found_city(actor=None, code=args.code)
            login = create_administrator(role=Role.operator, name=args.name, username=args.username, phone=args.phone)
    except Refused as refused:
        print(refused.message, file=sys.stderr)
        return 1
    _show(founded, login)
    return 0


def _show(founded: FoundedCity, login: FirstLogin) -> None:
    print(f"已建立{founded.city.name}：单位 {len(founded.units)} 个，岗位 {len(founded.posts)} 个，均待任职。")
    print("系统管理员：")
    for line in login.lines():
        print(f"  {line}")
    print("接下来：以该用户登录，按“启用清单”逐项办理。")
