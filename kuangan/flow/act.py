"""The one way in which people change cases: the move, and what follows from it, in one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kuangan.base.clock import civil_date, now
from kuangan.casework.actions import amend_facts, made_just_now, make_move, open_case
from kuangan.casework.models import Case, CaseMove
from kuangan.casework.relations import related_units
from kuangan.core.actions import sign_for_notice
from kuangan.core.models import User
from kuangan.core.queries import notices_waiting
from kuangan.core.signing import Confirmation
from kuangan.corpus.procedures.overlimit_followup.procedure import analysis_leader
from kuangan.flow.alarms import stops
from kuangan.flow.alarms.facts import recheck_drawn
from kuangan.flow.cases.calling import stop_idle_calls
from kuangan.flow.cases.locks import lock_mine
from kuangan.flow.cases.notices import end_notices_of, tell_role
from kuangan.flow.cases.papers import publish_newest, serve_newest
from kuangan.flow.credit.credits import paper_frozen
from kuangan.flow.credit.events import follow_move
from kuangan.flow.live import announce_case
from kuangan.law.content import procedure
from kuangan.law.role import Role

Consequence = Callable[[User | None, Case, CaseMove], None]


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
    lock_mine(case.mine_id)
    moment, given = at or now(), inputs or {}
    before = made_just_now(actor=actor, case=case, move_id=move_id, inputs=given, at=moment)
    if before is not None:
        return before
    moved = make_move(actor=actor, case=case, move_id=move_id, inputs=given, at=moment, confirmation=confirmation)
    _serve_and_publish(actor, case, moved, confirmation)
    for follow in CONSEQUENCES.get((case.procedure, move_id), ()):
        follow(actor, case, moved)
    _answer_duties(actor, case, moved)
    stop_idle_calls(case, moved.at)
    if case.closed_at is not None:
        end_notices_of(case, moved.at)
    announce_case(case)
    return moved


def _serve_and_publish(actor: User | None, case: Case, moved: CaseMove, confirmation: Confirmation | None) -> None:
    """What the procedure says the move does with papers of the case."""
    move = procedure(case.procedure).move(moved.move)
    if move.serves:
        serve_newest(actor, case, moved, move.serves, confirmation)
    if move.publishes:
        publish_newest(actor, case, moved, move.publishes, confirmation)


def _answer_duties(actor: User | None, case: Case, moved: CaseMove) -> None:
    """What is owed after the move, and what its papers show to be done."""
    follow_move(case, moved, actor)
    for link in case.papers.filter(paper__frozen_at=moved.at).select_related("paper__unit"):
        paper_frozen(link.paper, actor, moved.at)


def _count(actor: User | None, case: Case, moved: CaseMove) -> None:
    """A confirmed (or presumed) over-limit counts: the rules run over every window that contains it."""
    stops.overlimit(case, moved.at)
    stops.recompute(case, moved.at)


def _judge_anew(actor: User | None, case: Case, moved: CaseMove) -> None:
    """An alarm no longer counts, or not yet again: what rested on it is recomputed, its follow-up ends."""
    for followup in case.children.filter(procedure="overlimit_followup").exclude(state="revoked"):
        make_move(actor=None, case=followup, move_id="revoke", inputs={}, at=moved.at)
    stops.recompute(case, moved.at)


def _judged_not_real(actor: User | None, case: Case, moved: CaseMove) -> None:
    """Two persons have judged it not real: now, and not before, it is drawn whether the city looks again."""
    drawn = recheck_drawn(case.number, moved.at)
    amend_facts(actor=None, case=case, facts={"recheck": drawn}, at=moved.at)
    case.refresh_from_db()
    _judge_anew(actor, case, moved)


def _tell_city_of_withdrawal(actor: User | None, case: Case, moved: CaseMove) -> None:
    """The city sees every stop that was drafted and not ordered."""
    city = related_units(case).get("city")
    if city is not None:
        body = f"{case.number}停产整顿建议已撤销，理由：{moved.inputs['reason']}"
        tell_role(
            case,
            unit=city,
            role=Role.section_head,
            title=f"停产整顿建议已撤销：{case.mine.name}",
            body=body,
            at=moved.at,
        )


def _receive_notices(actor: User | None, case: Case, moved: CaseMove) -> None:
    """Who answers for the alarm has received what was sent about it: nobody signs twice."""
    if actor is None:
        return
    for notice in notices_waiting(actor, moved.at).filter(case_link__case=case):
        sign_for_notice(actor=actor, notice=notice, at=moved.at)


def _open_followup(actor: User | None, case: Case, moved: CaseMove) -> None:
    """Cause analysis, the mine's own halt and accountability, each with its clock."""
    started_on = civil_date(datetime.fromisoformat(case.facts["started_at"]))
    peak = Decimal(case.facts["peak"])
    open_case(
        actor=actor,
        procedure_id="overlimit_followup",
        mine=case.mine,
        title=f"{case.mine.name}{case.facts['place']}瓦斯超限后续处置",
        facts={
            "place": case.facts["place"],
            "peak": case.facts["peak"],
            "started_at_text": case.facts["started_at_text"],
            "analysis_led_by": analysis_leader(peak, started_on),
            "alarm": case.number,
        },
        at=moved.at,
        level=case.level,
        parent=case,
    )


CONSEQUENCES: dict[tuple[str, str], tuple[Consequence, ...]] = {
    ("alarm_handling", "sign_for"): (_receive_notices,),
    ("alarm_handling", "report_first"): (_receive_notices,),
    ("alarm_handling", "confirm_real"): (_open_followup, _count),
    ("alarm_handling", "presume_real"): (_count,),
    ("alarm_handling", "confirm_not_real"): (_judged_not_real,),
    ("alarm_handling", "rejudge"): (_judge_anew,),
    ("suspension", "withdraw"): (_tell_city_of_withdrawal,),
}
