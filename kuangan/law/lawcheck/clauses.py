"""Every kind of every clause has its item or is said to be missing; items name clauses of their own measure; what works has its story."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from kuangan.law import content
from kuangan.law.clause import KINDS, NONE, WORKS, Clause, clauses
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledgers
from kuangan.law.register import tasks
from kuangan.law.update.package import PACKAGE

ROOT = PACKAGE.parents[1]
"""The checkout; an installed package has no ``tests`` beside it."""
STORY = re.compile(r"(tests/browser/\w+\.py)::(test_\w+)")


def check() -> Iterator[Problem]:
    yield from _names()
    named = {clause.measure for clause in clauses().values()}
    for task in tasks():
        for measure in task.measures:
            if measure.code not in named:
                yield Problem("clause", measure.code, "措施没有条款")
    has = held()
    for clause in clauses().values():
        for message in _faults(clause, has.get(clause.id, {})):
            yield Problem("clause", clause.id, message)


def _names() -> Iterator[Problem]:
    """Items whose clause does not exist, or that name none though the board counts them by clause."""
    for where, kind, measure, named in items():
        if not named and kind in "DR":
            yield Problem("clause", where, f"未写明所属条款（措施 {measure}）")
        for clause_id in named:
            if clause_id not in clauses() or clauses()[clause_id].measure != measure:
                yield Problem("clause", where, f"措施 {measure} 没有条款 {clause_id!r}")
    known = {procedure.id for procedure in content.procedures()}
    for clause in clauses().values():
        for clause_id in clause.procedures:
            if clause_id not in known:
                yield Problem("clause", clause.id, f"没有程序 {clause_id!r}")


def _faults(clause: Clause, has: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What is wrong with one clause, given its items by kind."""
    for kind, word in KINDS.items():
        if kind in clause.kinds and kind not in has and kind not in clause.without:
            yield f"条款尚无{word}，请补充，或在 without 中写明"
        if kind in clause.without and kind not in clause.kinds:
            yield f"without 写明的{word}不是本条款所需"
    if clause.built == WORKS:
        yield from _unproven(clause)
    elif not clause.lacks:
        yield "条款未全部建立，请在 lacks 中写明缺少的内容"
    if clause.built == NONE and has:
        yield f"条款写为尚未建立，却有{'、'.join(KINDS[kind] for kind in has)}"
    if clause.built != NONE and not has:
        yield "条款没有任何依据，应写为尚未建立"


def _unproven(clause: Clause) -> Iterator[str]:
    """Why a clause may not be called working."""
    if clause.without:
        yield "条款写为已建立，却写明缺少部分内容"
    if not clause.stories:
        yield "条款写为已建立，须写明页面全程演练（tests/browser/…::test_…）"
    for story in clause.stories:
        written = STORY.fullmatch(story)
        if written is None:
            yield f"页面全程演练 {story!r} 的写法应为 tests/browser/…::test_…"
        elif (ROOT / "tests").is_dir() and not _holds(ROOT / written[1], written[2]):
            yield f"没有页面全程演练 {story}"


def _holds(path: Path, test: str) -> bool:
    return path.is_file() and re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def items() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Every item with a file of its own that serves clauses: where, kind, measure, clauses.

    A ledger that an authority answers, on its own log-in, carries a procedure too.
    """
    for duty in obligations().values():
        yield f"obligations/{duty.id}", "D", duty.measure, duty.clauses
    for ledger in ledgers().values():
        yield f"ledgers/{ledger.id}", "L", ledger.measure, ledger.clauses
        if any(part.official for part in ledger.confirmations):
            yield f"ledgers/{ledger.id}", "P", ledger.measure, ledger.clauses
    for rule in content.rules():
        yield f"rules/{rule.id}", "R", rule.measure, rule.clauses


def held() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """By clause and kind: the items that carry it."""
    carriers: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for where, kind, _, named in items():
        for clause_id in named:
            carriers[clause_id][kind] = (*carriers[clause_id].get(kind, ()), where)
    for clause in clauses().values():
        own = {"P": clause.procedures, "M": clause.feeds, "W": clause.pages}
        for kind, prefix in (("P", "procedures"), ("M", "feeds"), ("W", "pages")):
            if own[kind]:
                named = tuple(f"{prefix}/{item_id}" for item_id in own[kind])
                carriers[clause.id][kind] = (*carriers[clause.id].get(kind, ()), *named)
    return carriers


def missing() -> list[str]:
    """A line for each clause that nothing, or not enough, shows: the kinds that are missing, and what is in words."""
    return [
        f"{clause.id} {clause.text}：缺{'、'.join(KINDS[kind] for kind in clause.without)}（{clause.lacks}）"
        for clause in clauses().values()
        if clause.without
    ]
