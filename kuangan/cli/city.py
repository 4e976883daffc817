"""`kuangan city`: a city from nothing to a working one, on the server's own console."""

import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from django.db import transaction

from kuangan.base import clock
from kuangan.city.book.applying import apply_book
from kuangan.city.book.planning import CHANGED, NEW, REFUSED, STATE_WORDS, BookPlan, PlannedSheet, plan_book
from kuangan.city.book.template import template
from kuangan.city.founding import FoundedCity, found_city
from kuangan.city.queries import told_headings
from kuangan.cli.parser import Arguments, Parser
from kuangan.core.actions.access.console import FirstLogin, create_administrator
from kuangan.core.errors import Refused
from kuangan.law.role import Role

MOST_SHOWN = 200
"""Rows that the preview of a sheet writes out beside those that cannot be taken, which are all told."""


def add_arguments(parser: Parser) -> None:
    parts = parser.add_subparsers(dest="part", required=True, metavar="new|template|import", parser_class=Parser)
    new = parts.add_parser("new", help="按设区市代码建立市、县、政府、应急管理局及其岗位，并建立第一名系统管理员")
    new.add_argument("code", help="设区市代码，六位数字，如 140400")
    new.add_argument("--username", required=True, help="系统管理员的用户名")
    new.add_argument("--name", required=True, help="系统管理员的姓名")
    new.add_argument("--phone", default="", help="系统管理员的手机")
    blank = parts.add_parser("template", help="写出建市工作簿模板")
    blank.add_argument("out", type=Path, help="写到哪个文件（.xlsx）")
    given = parts.add_parser("import", help="导入建市工作簿：逐表列出差异，全部合格才写入")
    given.add_argument("book", type=Path, help="填写好的工作簿（.xlsx）")
    given.add_argument("--dry-run", action="store_true", help="只列出差异，不写入", dest="preview")
    given.add_argument("--from", dest="on", type=_day, default=None, help="自哪一日起，如 2026-12-01（默认当日）")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期，应写作 2026-12-01") from None


def run(args: Arguments) -> int:
    """Exit status 0: done; 1: refused, with the reason, and nothing was written."""
    try:
        return {"new": _new, "template": _template, "import": _import}[args.part](args)
    except Refused as refused:
        print(refused.message, file=sys.stderr)
        return 1


def _new(args: Arguments) -> int:
    with transaction.atomic():
        founded = found_city(actor=None, code=args.code)
        login = create_administrator(role=Role.operator, name=args.name, username=args.username, phone=args.phone)
    _show_founded(founded, login)
    return 0


def _show_founded(founded: FoundedCity, login: FirstLogin) -> None:
    print(f"已建立{founded.city.name}：单位 {len(founded.units)} 个，岗位 {len(founded.posts)} 个，均待任职。")
    print("系统管理员：")
    for line in login.lines():
        print(f"  {line}")
    print("接下来：")
    print(
        "  1．kuangan operator create 用户名 --name 姓名 --role security，建立安全管理员；--role audit，建立审计管理员。"
    )
    print("  2．以上述用户名登录网页，改密码、绑定动态口令，按“启用清单”逐项办理。")
    print("  3．填写建市工作簿（在网页“城市工作簿”下载，或者 kuangan city template 建市.xlsx），在该页上传。")


def _template(args: Arguments) -> int:
    if args.out.exists():
        raise Refused(f"{args.out} 已存在，请另起文件名，以免覆盖填写好的工作簿。")
    try:
        args.out.write_bytes(template())
    except OSError as unwritable:
        raise Refused(f"写不到 {args.out}：{unwritable.strerror}，请核对文件夹和权限。") from None
    print(f"已写出 {args.out}")
    return 0


def _import(args: Arguments) -> int:
    try:
        content = args.book.read_bytes()
    except OSError as unreadable:
        raise Refused(f"读不出 {args.book}：{unreadable.strerror}，请核对文件名和权限。") from None
    on = args.on or clock.civil_date(clock.now())
    plan = plan_book(content, on, told_headings())
    _show_plan(plan)
    if plan.refused:
        raise Refused("有不能导入的行，未写入任何内容；请改正后重新导入。")
    if args.preview:
        print("仅为预览，未写入。")
        return 0
    applied = apply_book(actor=None, plan=plan, on=on, at=clock.now())
    print("已写入：" + "，".join(f"{title} {number} 行" for title, number in applied.written.items()))
    return 0


def _show_plan(plan: BookPlan) -> None:
    for sheet in plan.sheets:
        counts = "，".join(f"{word} {sheet.count(state)}" for state, word in STATE_WORDS.items() if sheet.count(state))
        print(f"{sheet.law.title}：{counts or '没有填写'}")
        _show_sheet(sheet)
    if plan.passed:
        print(f"没有读取的工作表：{'、'.join(plan.passed)}")


def _show_sheet(sheet: PlannedSheet) -> None:
    if sheet.fault:
        print(f"  整表不能导入：{sheet.fault}")
    if sheet.unread:
        print(f"  没有读取的栏目：{'、'.join(sheet.unread)}")
    refused = [planned for planned in sheet.rows if planned.state == REFUSED]
    written = [planned for state in (CHANGED, NEW) for planned in sheet.rows if planned.state == state]
    for planned in [*refused, *written[:MOST_SHOWN]]:
        said = [f"“{label}”{text}" for label, text in planned.faults.items()]
        said += [f"{label} {was or '（空）'} → {becomes}" for label, (was, becomes) in planned.changes.items()]
        print(
            f"  第 {planned.number} 行 {STATE_WORDS[planned.state]} {' '.join(planned.key)}"
            + (f"：{'；'.join(said)}" if said else "")
        )
    if len(written) > MOST_SHOWN:
        print(f"  另有 {len(written) - MOST_SHOWN} 行新增或者变更，未逐行列出")
