"""更正人员信息: name, telephone and certificate of a person; papers signed before keep the name of their day."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.models import Person
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field

FIELDS: Final = (
    Field("name", "姓名", "person", required=False, help="不变的不填"),
    Field("phone", "手机", "phone", required=False, personal=True, help="不变的不填"),
    Field("certificate", "执法证号", required=False, help="不变的不填"),
)


def _does(act: ChangeAct) -> Outcome:
    person: Person = act.subject.thing
    before = {name: getattr(person, name) for name in act.values}
    _set(act, person, act.values)
    return {"before": before}


def _set(act: ChangeAct, person: Person, values: Outcome) -> None:
    if "name" in values:
        actions.set_person_name(actor=act.actor, person=person, name=values["name"], at=act.now)
    if "phone" in values:
        actions.set_person_phone(actor=act.actor, person=person, phone=values["phone"], at=act.now)
    if "certificate" in values:
        actions.set_certificate(actor=act.actor, person=person, certificate=values["certificate"], at=act.now)


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    _set(act, act.subject.thing, outcome["before"])


def _previews(act: ChangeAct) -> Iterator[Effect]:
    for field in FIELDS:
        if field.name in act.values:
            yield Effect(field.label, getattr(act.subject.thing, field.name), act.values[field.name])


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return FIELDS


KIND: Final = ChangeKind(
    id="person_correct",
    title="更正人员信息",
    subject="person",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=PEOPLE_KEEPERS,
    inside=True,
    tells=lambda act: (),
)
