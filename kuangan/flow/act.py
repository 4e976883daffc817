"""The one way in which people change cases: the move, and what follows from it, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base.clock import now
from kuangan.casework.actions import made_just_now, make_move
from kuangan.casework.attempts import own_step
from kuangan.casework.inputs import PARTY
from kuangan.casework.models import Case, CaseMove
from kuangan.core.actions import sign_for_notice
from kuangan.core.models import User
from kuangan.core.queries import notices_waiting
from kuangan.core.signing import Confirmation
from kuangan.flow.alarms import consequences, silences  # noqa: F401  # what moves of alarms set off
from kuangan.flow.cases.calling import stop_idle_calls
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import end_notices_of, tell_of
from kuangan.flow.cases.opening import open_from
from kuangan.flow.cases.papers import publish_newest, serve_newest
from kuangan.flow.credit import excusing  # noqa: F401  # what moves do to the duty that a case is about
from kuangan.flow.credit.credits import paper_frozen
from kuangan.flow.credit.events import follow_move
from kuangan.flow.credit.handing import hand_over
from kuangan.flow.effects import follow_moved
from kuangan.flow.following import consequence, follow
from kuangan.flow.live import announce_case
from kuangan.law.content import procedure_by_id


@transaction.atomic
def advance(
    *,
    actor: User | None,
    case: Case,
    move_id: str,
    inputs: Mapping[str, Any] | None = None,
    confirmation: Confirmation | None = None,
    at: datetime | None = None,
) -> CaseMove:
    """Make a move and everything that follows from it, all or nothing. A repeatable one that was made just now is made once.

    ``actor`` None is the platform itself (system moves only); a signing step needs the actor's ``confirmation``. Raises ``core.errors.Refused`` with the reason.
    """
    lock_unit(case.unit_id)
    moment, given = at or now(), inputs or {}
    before = made_just_now(actor=actor, case=case, move_id=move_id, inputs=given, at=moment)
    if before is not None:
        return before
    moved = make_move(actor=actor, case=case, move_id=move_id, inputs=given, at=moment, confirmation=confirmation)
    _serve_and_publish(actor, case, moved, confirmation)
    follow_moved(actor, case, moved)
    move = procedure_by_id(case.procedure).move(move_id)
    if move.records:
        follow("case.record", actor, case, moved)
    if move.takes_over:
        hand_over(case, moved, actor)
    if move.opens:
        open_from(actor=actor, parent=case, procedure_id=move.opens, at=moved.at)
    for name in move.then:
        follow(name, actor, case, moved)
    tell_of(case, move.tells, moved.inputs, moved.at)
    _answer_duties(actor, case, moved)
    stop_idle_calls(case, moved.at)
    if case.closed_at is not None:
        end_notices_of(case, moved.at)
    announce_case(case, internal=move.internal)
    return moved


def _serve_and_publish(actor: User | None, case: Case, moved: CaseMove, confirmation: Confirmation | None) -> None:
    """What the procedure says the move does with papers of the case."""
    move = procedure_by_id(case.procedure).move(moved.move)
    if move.serves:
        serve_newest(actor, case, moved, move.serves, confirmation)
    if move.publishes:
        publish_newest(actor, case, moved, move.publishes, confirmation)


def _answer_duties(actor: User | None, case: Case, moved: CaseMove) -> None:
    """What is owed after the move, and what its papers show to be done."""
    follow_move(case, moved, actor)
    for link in case.papers.filter(paper__frozen_at=moved.at).select_related("paper__unit"):
        paper_frozen(link.paper, actor, moved.at)


@consequence("case.go_on")
def _go_on(actor: User | None, case: Case, moved: CaseMove) -> None:
    """The platform's own step, which may be followed by another."""
    step = own_step(case, moved.at, moved.party)
    if step is not None:
        about = {PARTY: moved.party} if step.party else {}
        advance(actor=None, case=case, move_id=step.id, inputs=about, at=moved.at)


@consequence("case.receive_notices")
def _receive_notices(actor: User | None, case: Case, moved: CaseMove) -> None:
    """Who answers for the case has received what was sent about it: nobody signs twice."""
    if actor is None:
        return
    for notice in notices_waiting(actor, moved.at).filter(case_link__case=case):
        sign_for_notice(actor=actor, notice=notice, at=moved.at)
