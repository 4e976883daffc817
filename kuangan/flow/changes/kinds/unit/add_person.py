"""增加人员: a person begins to work for a unit, without post and account yet."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Person, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import PEOPLE_KEEPERS
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field

FIELDS: Final = (
    Field("name", "姓名", "person"),
    Field("phone", "手机", "phone", required=False, personal=True),
    Field("certificate", "执法证号", required=False, help="执法人员填写"),
)


def _does(act: ChangeAct) -> Outcome:
    person = actions.create_person(
        actor=act.actor,
        name=act.values["name"],
        unit=act.subject.thing,
        phone=act.values.get("phone", ""),
        certificate=act.values.get("certificate", ""),
        at=act.now,
    )
    return {"person": person.pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    person = Person.objects.get(pk=outcome["person"])
    if person.tenures.exists() or hasattr(person, "user"):
        raise Refused(f"{person.name}已任职或者开通账号，不能撤销登记；离职的，请办理离职。")
    actions.leave_unit(actor=act.actor, person=person, on=act.effective_on, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    same = Person.objects.filter(name=act.values.get("name", ""), left_on=None).select_related("unit")
    for person in same[:5]:
        yield Effect("同名人员", person.unit.name, "确系同一人的，请办理调动，不要重复登记")
    yield Effect("岗位、账号", "", "登记后另行任职、开通账号")


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return FIELDS


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and subject.unit.kind not in (UnitKind.city, UnitKind.county)


KIND: Final = ChangeKind(
    id="person_add",
    title="增加人员",
    subject="unit",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=PEOPLE_KEEPERS,
    fits=_fits,
    inside=True,
    tells=lambda act: (),
)
