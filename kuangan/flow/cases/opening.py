"""Cases that other cases open, and what of theirs follows them."""

from datetime import datetime
from typing import Any

from kuangan.casework.actions import amend_facts, make_move, open_case
from kuangan.casework.models import Case
from kuangan.casework.view import view_of
from kuangan.core.models import User
from kuangan.flow.cases.sayings import said
from kuangan.law.content import procedure
from kuangan.law.procedure import FromMove


def open_from(*, actor: User | None, parent: Case, procedure_id: str, at: datetime) -> Case:
    """The case that a move of ``parent`` opens: about the same unit, of the same level."""
    way = _way(procedure_id)
    return open_case(
        actor=actor,
        procedure_id=procedure_id,
        mine=parent.mine,
        title=said(way.title, parent),
        facts=way.facts(view_of(parent, at)),
        at=at,
        level=parent.level,
        parent=parent,
    )


def amend_opened(parent: Case, at: datetime) -> None:
    """The facts of a case have changed: those of the open cases that its moves opened follow."""
    opened = {move.opens for move in procedure(parent.procedure).moves if move.opens}
    for child in parent.children.filter(procedure__in=opened, closed_at=None):
        facts: dict[str, Any] = _way(child.procedure).facts(view_of(parent, at))
        amend_facts(actor=None, case=child, facts=facts, at=at, level=parent.level)


def revoke_opened(parent: Case, at: datetime) -> None:
    """The case no longer stands: what its moves opened ends undone, by the system move that leads there."""
    opened = {move.opens for move in procedure(parent.procedure).moves if move.opens}
    for child in parent.children.filter(procedure__in=opened):
        law = procedure(child.procedure)
        undone = law.states_of("undone")
        revoke = next((move for move in law.system_moves(child.state) if move.target in undone), None)
        if revoke is not None:
            make_move(actor=None, case=child, move_id=revoke.id, inputs={}, at=at)


def _way(procedure_id: str) -> FromMove:
    return procedure(procedure_id).opens[0]
