"""`kuangan up`: starts every process and stays with them until it is stopped."""

import sys

from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import data_folder
from kuangan.host.errors import CannotStart
from kuangan.host.file_lock import HeldElsewhere
from kuangan.host.ports import PortTaken
from kuangan.host.up import Wishes, up


def add_arguments(parser: Parser) -> None:
    """Declare the command line."""
    parser.add_argument("--host", default=Wishes.host, help="监听地址（默认只供本机访问：%(default)s）")
    parser.add_argument("--port", type=int, default=Wishes.port, help="网页端口（默认 %(default)s；0 为任一空闲端口）")
    parser.add_argument("--ingest-port", type=int, default=Wishes.ingest_port, help="数据接入端口（默认 %(default)s）")
    parser.add_argument("--no-demo", action="store_true", help="不建演示城市，不模拟上传")
    parser.add_argument("--speed", default="", help="演示时钟的快慢，如 10 为十倍速")


def run(args: Arguments) -> int:
    """Run everything until Ctrl-C."""
    wishes = Wishes(args.host, args.port, args.ingest_port, not args.no_demo, args.speed)
    folder = data_folder()
    try:
        return up(folder, wishes)
    except HeldElsewhere as error:
        print(f"数据文件夹 {folder.root} 已有一个 kuangan up 在运行（{error}）", file=sys.stderr)
    except (PortTaken, CannotStart) as error:
        print(f"未能启动：{error}", file=sys.stderr)
    except OSError as error:
        print(f"未能启动：{error.filename or folder.root} {error.strerror}；请检查权限和磁盘空间", file=sys.stderr)
    return 1
