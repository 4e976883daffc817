"""`kuangan setup`: what is fetched once before the first start."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import DataFolder
from kuangan.host.database.address import DATABASE_NAME
from kuangan.host.database.postgres import running_server
from kuangan.host.database.tables import TABLES, written_tables
from kuangan.host.frontend import Frontend, lock, prepare
from kuangan.host.install.bundle import build


def add_arguments(parser: Parser) -> None:
    """Declare the command line."""
    parser.add_argument(
        "part",
        choices=("static", "lock", "tables", "bundle"),
        help="static：前端组件与字体；lock：更新 package-lock.json；tables：重写新库的表结构；bundle：制作离线安装包",
    )
    parser.add_argument("--into", type=Path, default=Path("build"), help="离线安装包写入的文件夹（默认 %(default)s）")
    parser.add_argument("--machine", default="", help="离线安装包适用的处理器：x86_64 或 aarch64（默认本机）")
    parser.add_argument(
        "--python", action="append", default=[], help="离线安装包适用的 Python 版本，可多次给出（默认本机）"
    )


def run(args: Arguments) -> int:
    """Prepare the part; quick when it is prepared already."""
    frontend = Frontend()
    try:
        if args.part == "tables":
            TABLES.write_text(tables_of_every_step(), encoding="utf-8")
        elif args.part == "lock":
            lock(frontend)
        else:
            if not frontend.is_ready():
                print("正在准备前端组件与字体（首次约一分钟）…", flush=True)
                prepare(frontend)
            if args.part == "bundle":
                print(f"正在制作 {args.machine or '本机'} 的离线安装包（下载全部依赖，需几分钟）…", flush=True)
                print(f"已写入 {build(args.into, machine=args.machine, pythons=args.python)}")
    except (RuntimeError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def tables_of_every_step() -> str:
    """The tables that the migrations make, one after the other, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="kuangan-tables-") as place:
        Path(place).chmod(0o711)
        folder = DataFolder(Path(place) / "data")
        with running_server(folder, durable=False):
            environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
            command = [sys.executable, "-m", "kuangan.cli.main", "migrate", "--every-step"]
            subprocess.run(command, env=environ | {"KUANGAN_DATA": str(folder.root)}, check=True)
            return written_tables(folder, DATABASE_NAME)
