"""``kuangan draw``: recompute a published draw or monthly sample from its JSON alone, or export a draw from the database."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from kuangan.base import lottery, sampling


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``verify FILE|-`` needs no database; ``export ID`` prints the record of a draw."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="verify|export", parser_class=type(parser))
    verify = parts.add_parser("verify", help="用公开记录重新计算抽查结果，不需要数据库")
    verify.add_argument("file", help="公开记录的 JSON 文件；- 为标准输入")
    export = parts.add_parser("export", help="导出一次抽查的公开记录")
    export.add_argument("id", type=int, help="抽查编号")


def run(args: argparse.Namespace) -> int:
    """Exit status 0: it matches; 1: it does not, or there is no such draw; 2: the file cannot be read."""
    return _verify(args.file) if args.part == "verify" else _export(args.id)


def _verify(name: str) -> int:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
        record: Any = json.loads(text)
    except (OSError, ValueError) as error:
        print(f"无法读取 {name}：{error}；请给出从公开页面下载的 JSON 文件", file=sys.stderr)
        return 2
    is_sample = isinstance(record, dict) and record.get("format") == sampling.FORMAT
    problems = sampling.problems(record) if is_sample else lottery.problems(record)
    for problem in problems:
        print(f"不一致：{problem}")
    if not problems:
        print(f"核验一致：{record['title']}，种子、名单和抽取结果均与事前公布的承诺 {record['commitment']} 相符。")
    return 1 if problems else 0


def _export(key: int) -> int:
    from kuangan.cli.django_setup import database, prepare

    prepare("draw")
    from kuangan.draw.models import Draw
    from kuangan.draw.queries import whole_record

    with database():
        draw = Draw.objects.filter(pk=key).first()
        if draw is None:
            print(f"没有编号为 {key} 的抽查；编号见抽查页面的地址", file=sys.stderr)
            return 1
        print(json.dumps(whole_record(draw), ensure_ascii=False, indent=1))
    return 0
