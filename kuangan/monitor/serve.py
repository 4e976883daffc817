"""The command `kuangan ingest`: the service, or with paths an import of files through the same journal."""

import argparse
import asyncio
import sys
from pathlib import Path

from kuangan.base.clock import data_folder

DEFAULT_PORT = 8001


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("paths", nargs="*", type=Path, metavar="路径", help="要导入的文件或目录；不写则运行接入服务")
    parser.add_argument("--host", default="127.0.0.1", help="接入服务监听的地址（默认 %(default)s）")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="接入服务监听的端口（默认 %(default)s）")


def run(args: argparse.Namespace) -> int:
    """The exit status: 0 done, 1 some files were refused or the service failed, 2 nothing could be done."""
    from kuangan.monitor.journal import JournalError

    try:
        return _import(args.paths) if args.paths else _serve(args.host, args.port)
    except JournalError as error:
        print(error, file=sys.stderr)
        return 2


def _serve(host: str, port: int) -> int:
    import uvloop

    from kuangan.monitor.ingest.service import IngestService

    async def serve() -> int:
        return await IngestService(data_folder(), host, port).run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve())


def _import(paths: list[Path]) -> int:
    from kuangan.monitor.ingest.importing import import_files

    return import_files(data_folder(), paths)
