"""The command `kuangan`. A command's code is imported only when that command is called, so that `--help` is quick."""

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, cast

from kuangan.base.files import UnreadableFile
from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import data_folder
from kuangan.host.errors import CannotStart

PRIVATE_UMASK = 0o077
"""What a process writes is for its own account alone."""


class Needs(Enum):
    """What must be ready before a command's module is imported and run."""

    NOTHING = 0
    DJANGO = 1
    DATABASE = 2


@dataclass(frozen=True)
class Command:
    """One command: its line in `--help`, the module with `add_arguments` and `run`, and what that needs."""

    help: str
    module: str
    needs: Needs


class CommandModule(Protocol):
    """What the module of a command offers."""

    def add_arguments(self, parser: Parser) -> None:
        """Declare the command line."""

    def run(self, args: Arguments) -> int:
        """Do it; the exit status."""


COMMANDS = {
    "up": Command("启动全部进程：数据库、网页、数据接入、期限巡查、演示数据", "kuangan.cli.up", Needs.NOTHING),
    "setup": Command("准备前端组件与字体；制作离线安装包", "kuangan.cli.setup", Needs.NOTHING),
    "doctor": Command("检查本安装：哪里不对、怎么办", "kuangan.cli.doctor.command", Needs.NOTHING),
    "service": Command("系统服务：安装、查看、卸载", "kuangan.cli.service", Needs.NOTHING),
    "migrate": Command("建立或升级数据库表", "kuangan.cli.migrate", Needs.NOTHING),
    "manage": Command("转交 Django 管理命令，如 kuangan manage check", "kuangan.cli.manage", Needs.DATABASE),
    "web": Command("网页进程", "kuangan.web.gate.serve", Needs.DATABASE),
    "ingest": Command("数据接入进程；给出路径时导入文件", "kuangan.monitor.serve", Needs.DATABASE),
    "sweep": Command("期限巡查进程", "kuangan.cli.sweep", Needs.DATABASE),
    "board": Command("任务清单：每项措施、每个单位的完成情况", "kuangan.overview.board.command", Needs.DATABASE),
    "lawcheck": Command("检查法规库：出处、生效日期、样例", "kuangan.law.lawcheck", Needs.NOTHING),
    "law": Command("法规更新：制作、核验签名更新包，提请签署采用", "kuangan.cli.law", Needs.NOTHING),
    "local": Command("本地取值：检查本市对待明确事项的答复，提请签署生效", "kuangan.cli.local", Needs.NOTHING),
    "export": Command("导出：某账号可见的全部内容，或其中一个单位", "kuangan.cli.export", Needs.DATABASE),
    "city": Command("建市：单位、岗位和第一名管理员", "kuangan.cli.city", Needs.DATABASE),
    "operator": Command("平台管理员：建立第一名、找回", "kuangan.cli.operator", Needs.DATABASE),
    "backup": Command(
        "备份运行中的平台：数据库、接收日志、历史、附件、文书、密钥", "kuangan.backup.command", Needs.DATABASE
    ),
    "restore": Command("把一份备份恢复到空文件夹，或演练恢复", "kuangan.cli.restore", Needs.NOTHING),
    "standby": Command("备机：持续复制、接管", "kuangan.cli.standby", Needs.NOTHING),
    "check": Command(
        "核对留痕、文书、附件、接收日志和历史数据是否完好", "kuangan.backup.check_command", Needs.DATABASE
    ),
    "verify": Command("核验留痕和业务数据是否完整", "kuangan.flow.proof.verify", Needs.DATABASE),
    "draw": Command("随机抽查：核验公开记录、导出", "kuangan.cli.draw", Needs.NOTHING),
    "replay": Command("回放一段真实监测数据", "kuangan.flow.replay.replay", Needs.DATABASE),
    "emulate": Command("模拟煤矿上传数据（演示）", "kuangan.emulate.sensors.run", Needs.NOTHING),
    "demo": Command("演示城市：建立、列出账号", "kuangan.emulate.demo", Needs.DATABASE),
    "bench": Command("性能测量", "kuangan.bench", Needs.DJANGO),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status (2 for a command line that can't be understood)."""
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or given[0] in {"-h", "--help"}:
        print(overview())
        return 0 if given else 2
    name, *rest = given
    if name == "--version":
        print(importlib.import_module("kuangan").__version__)
        return 0
    if name not in COMMANDS:
        print(f"没有命令“{name}”。可用的命令：{'、'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return _run(name, COMMANDS[name], rest)
    except (CannotStart, UnreadableFile) as error:
        print(f"kuangan {name} 未能运行：{error}", file=sys.stderr)
        return 1


def overview() -> str:
    """All commands, one line each; the last ones share theirs, so that all stand on a screen of 24 lines."""
    lines = [f"  {name:<10}{command.help}" for name, command in COMMANDS.items()]
    lines[-6:] = ["  ".join(lines[at : at + 2]) for at in range(len(lines) - 6, len(lines), 2)]
    return "\n".join(("用法：kuangan 命令 [选项]（--help 列出其选项）；环境变量见 docs/how-to/run.md", *lines))


def _run(name: str, command: Command, rest: list[str]) -> int:
    os.environ.setdefault("KUANGAN_PROCESS", name)
    if name != "setup":  # what that fetches belongs to the installation, which other accounts may run
        os.umask(PRIVATE_UMASK)
    _take_up_law()
    if command.needs is not Needs.NOTHING:
        importlib.import_module("kuangan.cli.django_setup").prepare(name)
    module = cast("CommandModule", importlib.import_module(command.module))
    parser = Parser(prog=f"kuangan {name}", description=command.help)
    module.add_arguments(parser)
    args = parser.parse_args(rest)
    database_free = command.needs is not Needs.DATABASE or getattr(args, "dry_run", False)
    with nullcontext() if database_free else importlib.import_module("kuangan.cli.django_setup").database():
        return module.run(args)


def _take_up_law() -> None:
    """Before anything of the corpus is read: the update in force, where one was signed. What keeps it away is said, and nothing stops."""
    root = data_folder().root
    if (root / "law" / "in_force.lawpack").exists():
        trouble = importlib.import_module("kuangan.law.update.in_force").take_up(root)
        if trouble:
            print(trouble, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
