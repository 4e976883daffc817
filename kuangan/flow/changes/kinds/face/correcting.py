"""更改名称、采（盘）区: of a face."""

from collections.abc import Iterator
from typing import Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.parts import district_of, districts_field
from kuangan.law.field import Field
from kuangan.mine.actions import correct_face
from kuangan.mine.models import Face


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    return (Field("name", "工作面名称"), districts_field(subject.thing.mine))


def _does(act: ChangeAct) -> Outcome:
    face: Face = act.subject.thing
    before = {"name": face.name, "district": str(face.district_id or "")}
    _correct(act, act.values["name"], act.values.get("district"))
    return before


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    _correct(act, outcome["name"], outcome["district"])


def _correct(act: ChangeAct, name: str, district: str | None) -> None:
    face: Face = act.subject.thing
    correct_face(
        actor=act.actor,
        face=face,
        name=name.strip()[:60],
        district=district_of(face.mine, district),
        planned_on=face.planned_on,
        at=act.now,
    )


def _previews(act: ChangeAct) -> Iterator[Effect]:
    face: Face = act.subject.thing
    district = district_of(face.mine, act.values.get("district"))
    yield Effect("工作面名称", face.name, act.values["name"])
    yield Effect(
        "采（盘）区", face.district.name if face.district else "未登记", district.name if district else "未登记"
    )


KIND: Final = ChangeKind(
    id="face_correcting",
    title="更改名称、采（盘）区",
    subject="face",
    help="登记有误或者更名的工作面。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
)
