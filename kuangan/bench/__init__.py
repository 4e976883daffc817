"""The command `kuangan bench`: each module here without a leading underscore is one measurement with `run(args) -> dict`."""

import importlib
import json
import pkgutil
from argparse import ArgumentParser, Namespace
from typing import Any


def measurements() -> list[str]:
    return sorted(
        module.name for module in pkgutil.iter_modules(__path__) if not (module.ispkg or module.name.startswith("_"))
    )


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("what", choices=measurements(), metavar="项目", help=f"测量项目：{'、'.join(measurements())}")
    parser.add_argument("--http", action="store_true", help="ingest：经接入进程的上传接口测量（默认在本进程内测量）")
    parser.add_argument(
        "--folder",
        type=int,
        default=0,
        metavar="N",
        help="ingest：把 N 个小文件一次放入监视目录测量（--mines 1 为同一目录）",
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="测量时长，秒（默认 %(default)s）")
    parser.add_argument("--mines", type=int, default=110, help="煤矿数（默认 %(default)s）")
    parser.add_argument("--points", type=int, help="每矿测点数（默认由各测量项目决定）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: Namespace) -> int:
    """Measure and print; 0, or 1 when a measurement says by `"ok": false` that its target was missed."""
    module: dict[str, Any] = importlib.import_module(f"{__name__}.{args.what}").run(args)
    if args.json:
        print(json.dumps(module, ensure_ascii=False))
    else:
        for name, value in module.items():
            print(f"{name}: {value}")
    return 0 if module.get("ok", True) else 1
