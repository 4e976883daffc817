"""`kuangan setup`: what is fetched once before the first start."""

import sys

from kuangan.cli.parser import Arguments, Parser
from kuangan.host.frontend import Frontend, lock, prepare


def add_arguments(parser: Parser) -> None:
    """Declare the command line."""
    parser.add_argument("part", choices=("static", "lock"), help="static：前端组件与字体；lock：更新 package-lock.json")


def run(args: Arguments) -> int:
    """Prepare the part; quick when it is prepared already."""
    frontend = Frontend()
    try:
        if args.part == "lock":
            lock(frontend)
        elif not frontend.is_ready():
            print("正在准备前端组件与字体（首次约一分钟）…", flush=True)
            prepare(frontend)
    except (RuntimeError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
