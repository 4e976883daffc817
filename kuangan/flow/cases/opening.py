"""How cases begin: from what a rule found, from a move of another case, from a person; and what goes on to follow from their origin."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kuangan.base.clock import beijing_midnight, civil_date, now
from kuangan.casework.actions import amend_facts, enter_opening, make_move, open_case
from kuangan.casework.attempts import Prepared
from kuangan.casework.models import Case, Finding
from kuangan.casework.openings import Chosen, prepared_opening, standing_to_open
from kuangan.casework.view import Standing, view_of
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.queries import roles_of
from kuangan.core.queries.go_live import go_live_days
from kuangan.core.trail.chain import plain
from kuangan.flow.cases.findings import cite_text_of
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.notices import tell_of
from kuangan.flow.cases.sayings import filled, said
from kuangan.flow.effects import follow_moved
from kuangan.flow.following import open_by_name
from kuangan.flow.live import announce_case
from kuangan.law.content import procedure_by_id, rule_by_id
from kuangan.law.procedure import FindingView, FromMove, FromOutside, FromPerson, Procedure
from kuangan.mine.models import Mine


def open_from_finding(finding: Finding, unit: Unit, at: datetime) -> None:
    """A rule that names a procedure has found something about a unit: its case opens, or the open one has it too."""
    rule = rule_by_id(finding.rule)
    law = procedure_by_id(rule.procedure)
    way = law.opens_by_rule
    if way is None:
        raise LookupError(f"the rule {rule.id} opens {law.id}, which no finding can open")
    if way.by:
        return open_by_name(way.by, finding, unit, at)
    case = Case.objects.filter(procedure=law.id, unit=unit, closed_at=None).first() if law.single else None
    if case is None:
        basis = tuple(cite_text_of(pair) for pair in finding.cites)
        facts = way.facts(FindingView(rule.title, finding.reason, basis, finding.numbers))
        words = {"rule": rule.title, "reason": finding.reason, "unit": unit.name, "procedure": law.title}
        case = open_case(actor=None, procedure_id=law.id, unit=unit, title=filled(way.title, words), facts=facts, at=at)
    else:
        record(actor=None, action="finding_joined", subject=case, data={"finding": finding.reason}, at=at)
    Finding.objects.filter(pk=finding.pk).update(case=case)
    return announce_case(case)


@transaction.atomic
def open_by_person(
    *,
    actor: User,
    procedure_id: str,
    way_id: str,
    chosen: Chosen,
    inputs: Mapping[str, Any],
    office: Unit | None = None,
    at: datetime | None = None,
) -> Case:
    """A person opens a case about what he has chosen (for his ``office``), all or nothing. Raises :class:`Refused` with the reason."""
    at = at or now()
    law = procedure_by_id(procedure_id)
    way = _way_of_person(law, way_id)
    lock_unit(chosen.unit.pk)
    who = _standing(actor, way, chosen.unit, office, at)
    made = prepared_opening(actor, law, way, chosen, who, inputs, at)
    facts = {**_of_outside(way, who, chosen, made), **_facts_of(way, made)}
    case = open_case(
        actor=actor,
        procedure_id=law.id,
        unit=chosen.unit,
        person=chosen.person,
        entry=chosen.entry,
        duty=chosen.duty,
        parent=chosen.case,
        office=who.hold.unit,
        title=_title(law, way, chosen, facts),
        facts=facts,
        at=at,
        clocks_from=_counts_from(way, made.values),
        parties=way.parties(made.view, made.attempt) if way.parties else (),
        **_beginning(way),
    )
    follow_moved(actor, case, enter_opening(actor=actor, case=case, made=made, at=at))
    tell_of(case, way.tells, made.kept, at)
    announce_case(case)
    return case


def _of_outside(way: FromPerson, who: Standing, chosen: Chosen, made: Prepared) -> dict[str, Any]:
    """What is known of a matter that was under way outside. Refused where it was not."""
    if not isinstance(way, FromOutside):
        return {}
    _require_before_going_live(who.hold.unit, _counts_from(way, made.values))
    return {**_of_mine(chosen.unit), "taken_in": True}


def _beginning(way: FromPerson) -> dict[str, str]:
    """Where a case begins that is not at its beginning, and what its clocks are told of that."""
    return {"state": way.state, "step": way.id} if isinstance(way, FromOutside) else {}


def _require_before_going_live(office: Unit, began: datetime | None) -> None:
    """What began later begins on the platform."""
    live_from = go_live_days().day_of(office.path)
    if began is not None and civil_date(began) < live_from:
        return
    raise Refused(f"{office.name}启用平台以后开始的事项，应当在平台办理，不能线下转入；请核对日期。")


def _of_mine(unit: Unit) -> dict[str, Any]:
    """What papers about a mine name of it."""
    mine = Mine.objects.select_related("supervisor").filter(pk=unit.pk).first()
    return {"mine_code": mine.code, "supervisor_phone": mine.supervisor.phone} if mine else {}


def _way_of_person(law: Procedure, way_id: str) -> FromPerson:
    for way in law.opens_by_person:
        if way.id == way_id:
            return way
    raise Refused(f"“{law.title}”不能由人员立案")


def _standing(actor: User, way: FromPerson, unit: Unit, office: Unit | None, at: datetime) -> Standing:
    """By which hold (at ``office``, where one is named) he opens it."""
    holds = [hold for hold in roles_of(actor, at) if office is None or hold.unit.pk == office.pk]
    who = standing_to_open(holds, way, unit)
    if who is None:
        raise Refused(f"您不具有以{unit.name}为对象办理“{way.label}”的岗位职责")
    return who


def _title(law: Procedure, way: FromPerson, chosen: Chosen, facts: Mapping[str, Any]) -> str:
    duty = chosen.duty.title if chosen.duty else ""
    return filled(way.title, {**facts, "unit": chosen.unit.name, "procedure": law.title, "duty": duty})


def _facts_of(way: FromPerson, made: Prepared) -> dict[str, Any]:
    """The facts with which the case begins, as JSON; empty ones are left out."""
    if way.facts is not None:
        facts: dict[str, Any] = plain(way.facts(made.view, made.attempt))
    else:
        open_fields = [field.name for field in way.fields if field.kind != "files" and not field.sealed]
        facts = {name: made.kept[name] for name in open_fields}
    return {name: value for name, value in facts.items() if value is not None}


def _counts_from(way: FromPerson, values: Mapping[str, Any]) -> datetime | None:
    """The moment that clocks of the opening count from, where a field says it."""
    stated = values.get(way.counts_from)
    if isinstance(stated, datetime):
        return stated
    return beijing_midnight(stated) if isinstance(stated, date) else None


def open_from(*, actor: User | None, parent: Case, procedure_id: str, at: datetime) -> Case:
    """The case that a move of ``parent`` opens: about the same unit, of the same level; one that it opened before and that goes on stays."""
    way = _way(procedure_id)
    known = parent.children.filter(procedure=procedure_id, closed_at=None).first()
    if known is not None:
        amend_opened(parent, at)
        return known
    return open_case(
        actor=actor,
        procedure_id=procedure_id,
        unit=parent.unit,
        title=said(way.title, parent),
        facts=way.facts(view_of(parent, at)),
        at=at,
        level=parent.level,
        parent=parent,
        office=parent.office,
    )


def amend_opened(parent: Case, at: datetime) -> None:
    """The facts of a case have changed: those of the open cases that its moves opened follow."""
    opened = {move.opens for move in procedure_by_id(parent.procedure).moves if move.opens}
    for child in parent.children.filter(procedure__in=opened, closed_at=None):
        facts: dict[str, Any] = _way(child.procedure).facts(view_of(parent, at))
        amend_facts(actor=None, case=child, facts=facts, at=at, level=parent.level)


def revoke_opened(parent: Case, at: datetime) -> None:
    """The case no longer stands: what its moves opened ends undone, by the system move that leads there."""
    opened = {move.opens for move in procedure_by_id(parent.procedure).moves if move.opens}
    for child in parent.children.filter(procedure__in=opened):
        law = procedure_by_id(child.procedure)
        undone = law.states_of("undone")
        revoke = next((move for move in law.system_moves(child.state) if move.target in undone), None)
        if revoke is not None:
            make_move(actor=None, case=child, move_id=revoke.id, inputs={}, at=at)


def _way(procedure_id: str) -> FromMove:
    way = procedure_by_id(procedure_id).opens_by_move
    if way is None:
        raise LookupError(f"no move can open a case of {procedure_id}")
    return way
