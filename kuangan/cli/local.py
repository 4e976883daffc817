"""`kuangan local`: a city's answers to open questions of law, from its own files to the signatures of two persons."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import data_folder
from kuangan.law.answers.check import check_answers
from kuangan.law.answers.file import AnswerFile, answer_files, read_answer
from kuangan.law.lawcheck import Problem, check_all
from kuangan.law.local import Answers
from kuangan.law.source import CorpusError

if TYPE_CHECKING:
    from kuangan.core.models import User
    from kuangan.flow.answers.effect import LawChange

UNREADABLE = "unreadable"


def add_arguments(parser: Parser) -> None:
    """``check``, which needs no database, and ``apply``."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="check|apply", parser_class=Parser)
    check = parts.add_parser("check", help="检查法规库和 local/ 下的各文件")
    check.add_argument("--json", action="store_true", help="以 JSON 输出")
    apply = parts.add_parser("apply", help="列出一个文件将带来的变化，提请两人先后签署；签署后生效并重新判定")
    apply.add_argument("name", help="local/ 下的文件名，可不写 .yaml")
    apply.add_argument("--head", default="", help="作出决定的市局负责人的用户名")
    apply.add_argument("--second", default="", help="复核签署人的用户名")
    apply.add_argument("--dry-run", action="store_true", help="只列出变化，不提请签署")
    apply.add_argument("--undo", action="store_true", help="撤回已生效的答复，恢复此前的取值")
    apply.add_argument("--document", default="", help="撤回所依据文件的文号（撤回时必填）")
    apply.add_argument("--file", type=Path, help="撤回所依据的文件（撤回时必填）")


def run(args: Arguments) -> int:
    """Exit status 0: done or nothing wrong; 1: problems, or refused with the reason."""
    if args.part == "check":
        return _check(as_json=args.json)
    from kuangan.cli.django_setup import database, prepare

    prepare("local")
    with database():
        return _apply(args)


def _read() -> tuple[list[AnswerFile], dict[str, list[Problem]]]:
    """The readable files, and the problems of all of them by name: one that is bad says so and leaves the others alone."""
    files, problems = [], {}
    for path in answer_files(data_folder().root):
        try:
            files.append(read_answer(path))
        except CorpusError as error:
            problems[path.stem] = [Problem(UNREADABLE, f"local/{path.name}", str(error))]
    problems |= check_answers(files)
    for file in files:
        if not (data_folder().root / "local" / file.scan).is_file():
            missing = f"local 目录下没有决定文件 {file.scan}，请把文件放在一起，或者改正 file"
            problems[file.name] = [*problems[file.name], Problem(UNREADABLE, f"local/{file.name}.yaml file", missing)]
    return files, problems


def _check(*, as_json: bool) -> int:
    package = check_all()
    files, problems = _read()
    every = [*package, *(problem for told in problems.values() for problem in told)]
    if as_json:
        print(json.dumps({"problems": [problem.__dict__ for problem in every]}, ensure_ascii=False))
        return 1 if every else 0
    print(f"法规库：{f'发现问题 {len(package)} 个' if package else '检查通过'}")
    if not problems:
        print(f"{data_folder().root / 'local'} 下没有本地取值文件（*.yaml）")
    for name, told in sorted(problems.items()):
        file = next((file for file in files if file.name == name), None)
        words = f"（{file.document}，{len(file.values)} 项）" if file else ""
        print(f"{name}.yaml{words}：{f'发现问题 {len(told)} 个' if told else '检查通过'}")
    for problem in every:
        print(f"问题 {problem.where}：{problem.message}")
    return 1 if every else 0


def _apply(args: Arguments) -> int:
    from kuangan.base import clock
    from kuangan.core.errors import Refused
    from kuangan.core.queries.local_answers import keep_up
    from kuangan.flow.answers.effect import effect_of
    from kuangan.flow.answers.wording import texts_of

    keep_up()
    name = args.name.removesuffix(".yaml")
    try:
        file = None if args.undo else _sound(name)
        change = _change(name, file)
        effect = effect_of(change, clock.now())
        print("\n".join(texts_of(effect)))
        if args.dry_run:
            print("仅为预览，未提请签署。")
            return 0
        _propose(args, name, file, effect)
    except (Refused, CorpusError) as refused:
        print(getattr(refused, "message", str(refused)), file=sys.stderr)
        return 1
    print(f"已提请{args.head}签署决定，再由{args.second}复核签署；签署后生效，随即重新判定。此前一切照旧。")
    return 0


def _sound(name: str) -> AnswerFile:
    """The file by name, if nothing is wrong with it. Raises :class:`CorpusError` with every problem."""
    files, problems = _read()
    if name not in problems:
        listed = "、".join(sorted(problems)) or "（没有）"
        raise CorpusError(f"{data_folder().root / 'local'} 下没有 {name}.yaml；现有：{listed}")
    if problems[name]:
        raise CorpusError("\n".join(f"问题 {problem.where}：{problem.message}" for problem in problems[name]))
    return next(file for file in files if file.name == name)


def _change(name: str, file: AnswerFile | None) -> "LawChange":
    """From the answers in force to those with the file in the place of its earlier version, or without it."""
    from kuangan.core.queries.local_answers import answers_in_force, answers_of
    from kuangan.flow.answers.effect import LawChange

    others = answers_of(answers_in_force().exclude(name=name))
    taken = sorted(others.values.keys() & file.values.keys()) if file else []
    if taken:
        raise CorpusError(f"{'、'.join(taken)} 已由另一份生效的答复规定，请先撤回该答复，或者改写该文件")
    after = Answers({**others.values, **file.values}, f"{others.digest}{file.digest}") if file else others
    return LawChange(answers_of(answers_in_force()), after)


def _propose(args: Arguments, name: str, file: AnswerFile | None, effect: dict[str, Any]) -> None:
    from kuangan.core.actions.local_answers import propose_answer, propose_undoing
    from kuangan.core.errors import Refused

    head, second = named_user(args.head, "--head"), named_user(args.second, "--second")
    if file is not None:
        scan = data_folder().root / "local" / file.scan
        propose_answer(head=head, second=second, file=file, scan=scan, effect=effect)
        return
    if not args.document.strip() or args.file is None:
        raise Refused("撤回须写明所依据文件的文号（--document）并附该文件（--file）。")
    propose_undoing(head=head, second=second, name=name, document=args.document.strip(), scan=args.file, effect=effect)


def named_user(username: str, option: str) -> "User":
    from kuangan.core.errors import Refused
    from kuangan.core.queries import user_named

    user = user_named(username) if username else None
    if user is None or not user.is_active:
        raise Refused(f"{option} 须写在用账号的用户名，“{username}”不是。")
    return user
