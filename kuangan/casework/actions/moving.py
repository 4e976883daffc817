"""Moving a case: a step with its papers and its record, all or nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kuangan.casework.actions.facts import facts_digest
from kuangan.casework.actions.seats import settle
from kuangan.casework.attempts import (
    PaperMade,
    Prepared,
    admitted,
    issuer,
    own_inputs,
    possible,
    prepared,
    require_confirmed,
    sight_of,
)
from kuangan.casework.clocks import turn_clocks
from kuangan.casework.inputs import PARTY, clean, restored, sealed
from kuangan.casework.models import Case, CaseMove, CasePaper
from kuangan.casework.relations import RELATED
from kuangan.casework.view import Standing, name_of
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, User
from kuangan.core.signing import Confirmation
from kuangan.core.values.sealing import told
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import Move
from kuangan.paper.actions import draft_paper, freeze_paper, revise_paper
from kuangan.paper.models import Paper

DOUBLE_PRESS = timedelta(seconds=10)
"""Within this time the same step by the same person is one press too many."""


@transaction.atomic
def make_move(
    *,
    actor: User | None,
    case: Case,
    move_id: str,
    inputs: Mapping[str, Any],
    at: datetime,
    confirmation: Confirmation | None = None,
) -> CaseMove:
    """Make a move: role, state, inputs, guards, then state, clocks, papers and record, all or nothing.

    ``actor`` None is the platform, which may only make system moves. A signing step takes its acts out of the actor's
    ``confirmation``. Raises :class:`Refused` with the reason.
    """
    locked = Case.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=case.pk)
    if actor is not None and possible(locked, move_id).signing:
        require_confirmed(confirmation, actor, locked, possible(locked, move_id), inputs)
    made = prepared(actor=actor, case=locked, move_id=move_id, inputs=inputs, at=at)
    move, who = made.move, made.who
    source = locked.state
    case_move = _written(locked, made, actor, at)
    for paper in made.papers:
        _produce(paper, locked, case_move, who, at, confirmation)
    turn_clocks(locked, move.id, at, effective_at=_effective(made, at), source=source, party=case_move.party)
    settle(locked, at)
    case.refresh_from_db()
    return case_move


@transaction.atomic
def enter_opening(*, actor: User, case: Case, made: Prepared, at: datetime) -> CaseMove:
    """What a person entered when he opened the case, as the first step of its record."""
    return _recorded(case, made, case.state, actor, at)


def made_just_now(
    *, actor: User | None, case: Case, move_id: str, inputs: Mapping[str, Any], at: datetime
) -> CaseMove | None:
    """The same step with the same inputs that this person made a moment ago, of a kind that may be made again and again.

    Call it under the lock of the mine: a double press makes one step, whichever of the two comes first.
    """
    move = next((move for move in procedure_by_id(case.procedure).moves if move.id == move_id), None)
    if actor is None or move is None or move.target is not None or move.checks:
        return None
    last = CaseMove.objects.filter(case=case, move=move.id, actor=actor).order_by("-at", "-pk").first()
    if last is None or not last.at <= at < last.at + DOUBLE_PRESS:
        return None
    sight = sight_of(case, admitted(actor, case, move, at), actor)
    given = restored(move, clean(move, own_inputs(move, inputs), sight))
    same = restored(move, last.inputs, case.pk) == given and str(inputs.get(PARTY, 0)) == str(last.party)
    return last if same else None


@transaction.atomic
def carry_over(*, case: Case, at: datetime) -> bool:
    """A new release has renamed the case's state, or done away with it: take the case where its procedure says; False when it is there."""
    law = procedure_by_id(case.procedure)
    target = law.state_now(case.state)
    if target == case.state:
        return False
    told_so_far = law.told(case.told and law.state_now(case.told), target)
    if Case.objects.filter(pk=case.pk, state=case.state).update(state=target, told=told_so_far) != 1:
        return False
    data = {"from": case.state, "to": target}
    case.refresh_from_db()
    settle(case, at)
    record(actor=None, action="case_carried_over", subject=case, data=data, at=at)
    return True


def _written(case: Case, made: Prepared, actor: User | None, at: datetime) -> CaseMove:
    move = made.move
    source, target = case.state, move.target or case.state
    taken = {"taken_over_by": made.who.hold.unit} if move.takes_over and made.who else {}
    changed = Case.objects.filter(pk=case.pk, state=source).update(
        state=target,
        told=procedure_by_id(case.procedure).told(case.told, target),
        moved_at=at,
        facts=_facts_after(case, made),
        **taken,
    )
    if changed != 1:
        raise Refused(f"{case.number}已被他人办理，请刷新页面后再试")
    case.refresh_from_db()
    return _recorded(case, made, source, actor, at)


def _facts_after(case: Case, made: Prepared) -> dict[str, Any]:
    """The facts with what the move adds, or writes anew; what an editor has emptied is gone."""
    move = made.move
    added = move.facts(made.view, made.attempt) if move.facts else {}
    written = made.kept if move.edits else {}
    kept = {name: value for name, value in case.facts.items() if name not in written}
    return {**kept, **{name: value for name, value in written.items() if value is not None}, **added}


def _recorded(case: Case, made: Prepared, source: str, actor: User | None, at: datetime) -> CaseMove:
    """The row and the trail's event of a step that has led from ``source`` to where the case is now."""
    move, who, party = made.move, made.who, made.attempt.party
    acting_for = who.hold.acting_for if who else None
    case_move = CaseMove.objects.create(
        case=case,
        move=move.id,
        party=party,
        source=source,
        target=case.state,
        actor=actor,
        person_name=name_of(actor),
        unit_name=who.hold.unit.name if who else "平台",
        role=who.hold.role if who else "system",
        acting_for=acting_for.title if acting_for else "",
        certificate=actor.person.certificate if actor and actor.person else "",
        inputs=sealed(move, case, made.kept),
        at=at,
    )
    case_move.attachments.set(_attachments(move, made.values))
    told_inputs = told(move.fields, case_move.inputs, "inputs")
    data = {"move": move.id, "from": source, "to": case.state, **told_inputs, "facts": facts_digest(case)}
    if party:
        data[PARTY] = party
    if move.takes_over and who:
        data["taken_over_by"] = who.hold.unit.code
    record(actor=actor, action="case_moved", subject=case, data=data, at=at, acting_for=acting_for)
    return case_move


def _attachments(move: Move, values: Mapping[str, Any]) -> list[Attachment]:
    wanted = [key for field in move.fields if field.kind == "files" for key in values[field.name]]
    attachments = list(Attachment.objects.filter(pk__in=wanted))
    if len(attachments) != len(set(wanted)):
        raise Refused("附件不存在或已失效，请重新上传")
    return attachments


def _produce(
    made: PaperMade,
    case: Case,
    case_move: CaseMove,
    who: Standing | None,
    at: datetime,
    confirmation: Confirmation | None,
) -> None:
    use, content = made.use, made.content
    drafts = Paper.objects.filter(case_link__case=case, case_link__party=made.party, state="draft")
    waiting = drafts.filter(template=use.template).first()
    if waiting is None:
        paper = draft_paper(
            actor=case_move.actor,
            template=use.template,
            data=content,
            unit=issuer(case, who),
            scope=case.path,
            corpus_digest=case.corpus_digest,
            at=at,
        )
        CasePaper.objects.create(case=case, move=case_move, paper=paper, party=made.party)
    else:
        paper = revise_paper(actor=case_move.actor, paper=waiting, data=content, unit=issuer(case, who))
    if use.frozen:
        freeze_paper(
            actor=case_move.actor, paper=paper, confirmation=confirmation, signer=who.hold if who else None, at=at
        )


def _effective(made: Prepared, at: datetime) -> datetime:
    """Spans count from the moment that the move names, or from service where it states when the paper was served."""
    if made.move.counts_from is not None:
        return made.move.counts_from(made.view, made.attempt)
    served_at = made.values.get("served_at")
    return served_at if isinstance(served_at, datetime) else at
