"""``kuangan lawcheck``: whether the corpus holds together, what it only assumes, and what a change does in law."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from kuangan.law.lawcheck import (
    boundaries,
    calendars,
    citations,
    clauses,
    examples,
    ledger_rules,
    limits,
    locals_used,
    names,
    obligations,
    papers,
    places,
    procedures,
    terms,
)
from kuangan.law.lawcheck.assumed import Assumed, assumed
from kuangan.law.lawcheck.effect import Change, UndescribedError, changelog, changes, table
from kuangan.law.lawcheck.exemption import EXEMPTIONS, sift
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.lawcheck.procedures.release import RELEASED
from kuangan.law.lawcheck.procedures.release import record as release_record
from kuangan.law.lawcheck.snapshot import snapshot
from kuangan.law.source import CorpusError
from kuangan.law.update.package import PACKAGE

CHECKS = (
    names,
    citations,
    examples,
    boundaries,
    limits,
    places,
    calendars,
    locals_used,
    procedures,
    papers,
    terms,
    obligations,
    ledger_rules,
    clauses,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command line."""
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.add_argument("--release", action="store_true", help="记录本版本各程序的状态和步骤（发布时执行）")
    parser.add_argument(
        "--diff",
        nargs="+",
        metavar=("OLD", "NEW"),
        help="列出两个版本（git 修订号、检出目录或者快照文件）之间规则效力的变化；不写 NEW 的与现行版本比较",
    )
    parser.add_argument("--table", action="store_true", help="以表格列出变化（原 → 现）")
    parser.add_argument("--snapshot", metavar="FILE.json", type=Path, help="把现行版本的规则效力存为快照文件")


def run(args: argparse.Namespace) -> int:
    """Check and print, or print the legal effect of a change. 0: nothing to object to, 1: problems, 2: cannot be read."""
    try:
        if args.release:
            RELEASED.write_text(release_record(), encoding="utf-8")
            return 0
        if args.snapshot:
            args.snapshot.write_text(json.dumps(snapshot(), ensure_ascii=False, indent=1), encoding="utf-8")
            return 0
        return _compare(args) if args.diff else _check(args)
    except (CorpusError, UndescribedError) as error:
        print(error, file=sys.stderr)
        return 2


def _compare(args: argparse.Namespace) -> int:
    old, new = args.diff[0], args.diff[1] if len(args.diff) > 1 else str(PACKAGE.parents[1])
    changed = changes(old, new)
    if args.json:
        print(json.dumps([change.__dict__ for change in changed], ensure_ascii=False))
    else:
        print(table(changed) if args.table else changelog(changed))
    return 0


def _check(args: argparse.Namespace) -> int:
    problems = check_all()
    questions = assumed()
    print(_as_json(problems, questions) if args.json else _as_text(problems, questions))
    return 1 if problems else 0


def check_all(exemptions: Path = EXEMPTIONS) -> list[Problem]:
    """Every problem of the corpus that is not exempt, and every exemption that is no longer needed."""
    return sift([problem for check in CHECKS for problem in check.check()], exemptions)


def _as_json(problems: list[Problem], questions: list[Assumed]) -> str:
    return json.dumps(
        {
            "problems": [problem.__dict__ for problem in problems],
            "assumed": [question.__dict__ for question in questions],
            "counts": names.counts(),
            "missing": clauses.missing(),
        },
        ensure_ascii=False,
    )


def _as_text(problems: list[Problem], questions: list[Assumed]) -> str:
    lines = ["法规库：" + "，".join(f"{kind} {count}" for kind, count in names.counts().items())]
    lines += [f"问题 {problem.kind} {problem.where}：{problem.message}" for problem in problems]
    lines.append(f"假定值 {len(questions)} 项，尚待答复：")
    asked = Counter(question.question for question in questions)
    for text in asked:
        lines.append(f"  {text}")
        lines += [
            f"    {question.where} = {question.value}（{question.cite}）"
            for question in questions
            if question.question == text
        ]
    missing = clauses.missing()
    lines.append(f"本平台尚未建立或未全部建立的条款 {len(missing)} 条：")
    lines += [f"  {question}" for question in missing]
    lines.append(f"发现问题 {len(problems)} 个" if problems else "检查通过")
    return "\n".join(lines)


__all__ = ["Assumed", "Change", "Problem", "add_arguments", "assumed", "changes", "check_all", "run"]
