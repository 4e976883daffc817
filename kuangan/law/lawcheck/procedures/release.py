"""A state or a step cannot vanish while cases stand in it: the last release's are on record, and a change names the cases' way.

``corpus/procedures/released.yaml`` holds, for every procedure, the states and steps of the last release (``kuangan lawcheck --release``
writes it anew when a release is made). One that is gone stands in ``Procedure.renamed`` (its new id) or ``Procedure.closed_by`` (of a
state: the terminal state in which the cases in it end). ``flow`` carries open cases over (``flow/upkeep/carrying.py``).
"""

from collections.abc import Iterator, Mapping

import yaml

from kuangan.law import content
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.procedure import Procedure
from kuangan.law.update.package import PACKAGE

RELEASED = PACKAGE / "procedures" / "released.yaml"


def check() -> Iterator[Problem]:
    present = {procedure.id: procedure for procedure in content.procedures()}
    for procedure_id, parts in released().items():
        if procedure_id not in present:
            yield Problem("release", f"procedures/{procedure_id}", "上一版本的程序已不存在，在办案件无从办理")
            continue
        procedure = present[procedure_id]
        gone = [
            *_gone("状态", parts.get("states", []), {state.id for state in procedure.states}, procedure),
            *_gone("步骤", parts.get("moves", []), {move.id for move in procedure.moves}, procedure),
        ]
        for message in (*gone, *_ways(procedure)):
            yield Problem("release", f"procedures/{procedure_id}", message)


def released() -> Mapping[str, Mapping[str, list[str]]]:
    """Procedure → ``states`` and ``moves`` of the last release."""
    read: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(RELEASED.read_text(encoding="utf-8")) or {}
    return read


def record() -> str:
    """The record as a release writes it."""
    procedures = {
        procedure.id: {
            "states": [state.id for state in procedure.states],
            "moves": [move.id for move in procedure.moves],
        }
        for procedure in content.procedures()
    }
    head = "# States and steps of the last release; written by: kuangan lawcheck --release\n"
    return head + yaml.safe_dump(procedures, sort_keys=True, allow_unicode=True, default_flow_style=None, width=140)


def _gone(what: str, were: list[str], are: set[str], procedure: Procedure) -> Iterator[str]:
    for procedure_id in were:
        closed = what == "状态" and procedure_id in procedure.closed_by
        if procedure_id not in are and procedure_id not in procedure.renamed and not closed:
            yield f"上一版本的{what} {procedure_id!r} 已删去：须写明在办案件的去向（renamed 或 closed_by）"


def _ways(procedure: Procedure) -> Iterator[str]:
    states = {state.id for state in procedure.states}
    moves = {move.id: move for move in procedure.moves}
    for old, new in procedure.renamed.items():
        if old in states or old in moves:
            yield f"{old!r} 仍在使用，不能改名"
        elif new not in states and new not in moves:
            yield f"{old!r} 改名后的 {new!r} 不存在"
    for state, target in procedure.closed_by.items():
        if state in states:
            yield f"状态 {state!r} 仍在使用，不必另行终结"
        if target not in states or not procedure.state(target).terminal:
            yield f"状态 {state!r} 的终结状态 {target!r} 不存在或不是终结状态"
