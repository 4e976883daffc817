"""`kuangan export`: what an account may see, written into an empty folder."""

import sys
from pathlib import Path

from kuangan.city.out.exporting import MANIFEST, checked, export_to
from kuangan.cli.parser import Arguments, Parser
from kuangan.core.errors import Refused
from kuangan.core.queries import user_named


def add_arguments(parser: Parser) -> None:
    parser.add_argument("folder", type=Path, help="写到哪个空文件夹")
    parser.add_argument("--as", dest="username", default="", help="按哪个账号的可见范围导出")
    parser.add_argument("--unit", default="", help="只导出这个单位（编码）及其所属")
    parser.add_argument("--check", action="store_true", help="不导出，只按清单核对文件夹")


def run(args: Arguments) -> int:
    """Exit status 0: done, or whole; 1: refused, or not as the manifest says."""
    if args.check:
        return _check(args.folder)
    reader = user_named(args.username)
    if reader is None:
        print("请用 --as 写明账号：只导出该账号有权查看的内容，如全市导出用市局负责人的账号。", file=sys.stderr)
        return 1
    try:
        manifest = export_to(args.folder, reader=reader, unit_code=args.unit, tell=_tell)
    except Refused as refused:
        print(refused.message, file=sys.stderr)
        return 1
    for words in manifest["trouble"]:
        print(words, file=sys.stderr)
    print(f"已导出 {len(manifest['files'])} 个文件，清单 {args.folder / MANIFEST}，总摘要 {manifest['digest']}")
    return 0


def _check(folder: Path) -> int:
    if not (folder / MANIFEST).is_file():
        print(f"{folder} 中没有 {MANIFEST}，不是导出的文件夹。", file=sys.stderr)
        return 1
    wrong = list(checked(folder))
    print("\n".join(wrong) or "与清单全部相符")
    return 1 if wrong else 0


def _tell(title: str, done: int) -> None:
    print(f"\r{title}（已写 {done} 个文件）", end="", file=sys.stderr, flush=True)
