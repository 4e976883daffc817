"""调动: a person works for another unit from a day on; his posts at the unit before end, access follows what he holds."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.models import Person, Tenure, Unit, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import OPERATOR
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field

KINDS: Final = tuple(kind.value for kind in UnitKind if kind not in (UnitKind.city, UnitKind.county))


def _does(act: ChangeAct) -> Outcome:
    person: Person = act.subject.thing
    before = person.unit.code
    actions.move_person(actor=act.actor, person=person, unit=Unit.objects.get(code=act.values["unit"]), at=act.at)
    return {"before": before}


def _previews(act: ChangeAct) -> Iterator[Effect]:
    person: Person = act.subject.thing
    after = Unit.objects.filter(code=act.values.get("unit", "")).first()
    yield Effect("所在单位", person.unit.name, after.name if after else "")
    held = Tenure.objects.filter(person=person, to_at=None, post__unit=person.unit).select_related("post__unit")
    for tenure in held:
        yield Effect(str(tenure.post), person.name, "空缺；待办文书和办件随岗位")
    yield Effect("新单位的岗位", "", "另行任职")


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return (Field("unit", "调入单位", "unit", of=KINDS),)


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.left_on is None


KIND: Final = ChangeKind(
    id="person_move",
    title="调动",
    subject="person",
    fields=_fields,
    does=_does,
    previews=_previews,
    makes=OPERATOR,
    fits=_fits,
    backdated=False,
    inside=True,
    tells=lambda act: (),
)
