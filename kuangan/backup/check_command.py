"""`kuangan check`: what is damaged or missing, in plain words."""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from kuangan.backup.checking import check_all
from kuangan.host.data_folder import data_folder
from kuangan.host.processes import be_idle


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")


def run(args: Namespace) -> int:
    """0: all is whole; 1: something is not."""
    be_idle()
    checked = []
    for part in check_all(data_folder().root):
        checked.append(part)
        if not args.json:
            print(part.in_words(), flush=True)
    faults = sum(len(part.faults) for part in checked)
    if args.json:
        print(json.dumps([asdict(part) for part in checked], ensure_ascii=False))
    else:
        print(f"共 {faults} 处不符，请保留现场，从备份恢复或按上列逐项处理。" if faults else "全部完好。")
    return 1 if faults else 0
