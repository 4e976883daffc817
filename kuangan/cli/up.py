"""`kuangan up`: starts every process and stays with them until it is stopped."""

import sys

from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import data_folder
from kuangan.host.errors import CannotStart
from kuangan.host.file_lock import HeldElsewhere
from kuangan.host.ports import PortTaken
from kuangan.host.practice import INGEST_PORT, PORT, enter_practice
from kuangan.host.up import Wishes, up


def add_arguments(parser: Parser) -> None:
    """Declare the command line."""
    parser.add_argument("--host", default=Wishes.host, help="监听地址（默认只供本机访问：%(default)s）")
    parser.add_argument("--port", type=int, help=f"网页端口（默认 {Wishes.port}，演练系统 {PORT}；0 为任一空闲端口）")
    parser.add_argument(
        "--ingest-port", type=int, help=f"数据接入端口（默认 {Wishes.ingest_port}，演练系统 {INGEST_PORT}）"
    )
    parser.add_argument("--no-demo", action="store_true", help="不建演示城市，不模拟上传")
    parser.add_argument(
        "--practice", action="store_true", help="启动演练系统：在正式数据文件夹旁另用一个（加 -practice），不向外发送"
    )
    parser.add_argument("--speed", default="", help="演示时钟的快慢，如 10 为十倍速")


def run(args: Arguments) -> int:
    """Run everything until Ctrl-C."""
    folder = data_folder()
    try:
        if args.practice:
            folder = enter_practice()
        port, ingest_port = (PORT, INGEST_PORT) if folder.is_practice else (Wishes.port, Wishes.ingest_port)
        wishes = Wishes(
            args.host,
            port if args.port is None else args.port,
            ingest_port if args.ingest_port is None else args.ingest_port,
            not args.no_demo,
            args.speed,
        )
        return up(folder, wishes)
    except HeldElsewhere as error:
        print(f"数据文件夹 {folder.root} 已有一个 kuangan up 在运行（{error}）", file=sys.stderr)
    except (PortTaken, CannotStart) as error:
        print(f"未能启动：{error}", file=sys.stderr)
    except OSError as error:
        print(f"未能启动：{error.filename or folder.root} {error.strerror}；请检查权限和磁盘空间", file=sys.stderr)
    return 1
