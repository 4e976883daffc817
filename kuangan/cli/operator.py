"""`kuangan operator`: the first administrators, made on the server's own console."""

import sys

from kuangan.cli.parser import Arguments, Parser
from kuangan.core import actions
from kuangan.core.actions.access.console import FirstLogin
from kuangan.core.errors import Refused
from kuangan.law.role import Role

ROLES = {"system": Role.operator, "security": Role.security_admin, "audit": Role.audit_admin}


def add_arguments(parser: Parser) -> None:
    """``create``, ``reset`` and ``forget-codes``."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="create|reset|forget-codes", parser_class=Parser)
    create = parts.add_parser("create", help="建立一名平台管理员，显示一次性密码和绑定凭证")
    create.add_argument("username", help="用户名")
    create.add_argument("--name", required=True, help="姓名")
    create.add_argument("--role", choices=sorted(ROLES), default="system", help="系统、安全或审计管理员（默认 system）")
    create.add_argument("--phone", default="", help="手机")
    create.add_argument("--unit", default="", help="单位编码（默认平台运行单位）")
    reset = parts.add_parser("reset", help="重置一名平台管理员的密码和动态口令")
    reset.add_argument("username", help="用户名")
    parts.add_parser("forget-codes", help="密钥文件确已丢失时，解除无法读取的动态口令绑定")


def run(args: Arguments) -> int:
    """Exit status 0: done; 1: refused, with the reason."""
    try:
        if args.part == "forget-codes":
            print(f"已解除 {actions.forget_lost_codes()} 个账号的动态口令绑定，请逐一申请重新绑定。")
            return 0
        login = _create(args) if args.part == "create" else actions.reset_administrator(username=args.username)
    except Refused as refused:
        print(refused.message, file=sys.stderr)
        return 1
    print("\n".join(login.lines()))
    return 0


def _create(args: Arguments) -> FirstLogin:
    return actions.create_administrator(
        role=ROLES[args.role], name=args.name, username=args.username, phone=args.phone, unit_code=args.unit
    )
