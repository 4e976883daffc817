"""`kuangan service`: the platform as a systemd service under an account of its own."""

import sys
from pathlib import Path

from kuangan.cli.parser import Arguments, Parser
from kuangan.host.install.service import ACCOUNT, DATA, SystemService, check, install, uninstall, unit_text

NEXT = (
    "下一步：",
    "  1. 编辑 /etc/kuangan/kuangan.env（访问名称、代理、数据库）",
    "  2. systemctl enable --now kuangan",
    "  3. systemctl status kuangan；日志：journalctl -u kuangan，或数据文件夹的 logs",
    "  4. runuser -u {account} -- env KUANGAN_DATA={data} {program} doctor",
)


def add_arguments(parser: Parser) -> None:
    """``install`` and ``uninstall``."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="install|uninstall", parser_class=Parser)
    for name, words in (("install", "安装或更新系统服务"), ("uninstall", "卸载系统服务，保留数据")):
        part = parts.add_parser(name, help=words)
        part.add_argument("--account", default=ACCOUNT, help="运行平台的系统账号（默认 %(default)s，没有时建立）")
        part.add_argument("--data", type=Path, default=DATA, help="数据文件夹（默认 %(default)s）")
        part.add_argument("--root", type=Path, default=Path("/"), help="写在该目录之下，如系统镜像的根目录")
        if name == "install":
            part.add_argument("--print", action="store_true", dest="only_shown", help="只显示单元文件，不写任何文件")


def run(args: Arguments) -> int:
    """Do it and say what was done. Raises CannotStart for what must be mended first."""
    service = SystemService(args.account, args.data, args.root.absolute())
    if args.part == "uninstall":
        print("\n".join(uninstall(service)))
        return 0
    if args.only_shown:
        sys.stdout.write(unit_text(service))
        return 0
    check(service)
    for line in install(service):
        print(line, flush=True)
    words = {"account": service.account, "data": service.data, "program": service.program}
    print("\n".join(line.format(**words) for line in NEXT))
    return 0
