"""新增工作面: a face that starts, or is planned to."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from kuangan.base.clock import civil_date
from kuangan.core.errors import Refused
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.parts import district_of, districts_field
from kuangan.law.field import Field
from kuangan.mine.actions import add_face, drop_face
from kuangan.mine.models import Face, FaceKind

WHEN: Final = (("started", "自生效日期起开始采（掘）"), ("planned", "列入计划，尚未开始"))


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    return (
        Field("name", "工作面名称", help="与监测系统、图纸上的一致"),
        Field("kind", "类别", "choice", choices=tuple(FaceKind.choices)),
        districts_field(subject.thing),
        Field("when", "开始", "choice", choices=WHEN),
        Field("planned_on", "计划开始日期", "date", required=False, help="尚未开始的填写"),
    )


def _does(act: ChangeAct) -> Outcome:
    planned = act.values["when"] == "planned"
    day: date | None = act.value("planned_on") if planned else None
    if planned and day is None:
        raise Refused("请填写计划开始日期。")
    face = add_face(
        actor=act.actor,
        mine=act.subject.thing,
        kind=act.values["kind"],
        name=act.values["name"].strip()[:60],
        started_on=None if planned else act.effective_on,
        planned_on=day,
        district=district_of(act.subject.thing, act.values.get("district")),
        at=act.now,
    )
    return {"face": face.pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    face = Face.objects.select_related("mine").filter(pk=outcome["face"]).first()
    if face is not None:
        drop_face(actor=act.actor, face=face, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    mine = act.subject.thing
    worked = Face.objects.filter(mine=mine, ended_on=None, started_on__lte=civil_date(act.now))
    yield Effect("在采（掘）工作面", f"{worked.count()} 个", f"新增{act.values['name']}")
    yield Effect("测点", "", "在“测点归属”中确认后按该工作面合并判定")


KIND: Final = ChangeKind(
    id="face_added",
    title="新增工作面",
    subject="mine",
    help="采煤或者掘进工作面开始采（掘），或者列入计划。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
)
