"""测点归属: at which face a point stands from a day on; over-limits of days before stay judged by where it stood then."""

from collections.abc import Iterator
from typing import Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import move_point, restore_point, spells_told
from kuangan.mine.models import Face, Point

NONE: Final = "none"


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    faces = Face.objects.filter(mine=subject.thing.mine, started_on__isnull=False).order_by("-started_on", "name")
    choices = ((NONE, "不在工作面"), *((str(face.pk), _named(face)) for face in faces))
    return (Field("face", "工作面", "choice", choices=choices, help="自生效日期零时起所在的工作面"),)


def _named(face: Face) -> str:
    return f"{face.name}（{face.ended_on}结束）" if face.ended_on else face.name


def _next(act: ChangeAct) -> Face | None:
    code = act.values["face"]
    return None if code == NONE else Face.objects.get(mine=act.subject.thing.mine, pk=int(code))


def _does(act: ChangeAct) -> Outcome:
    point: Point = act.subject.thing
    before = spells_told(point)
    move_point(actor=act.actor, point=point, face=_next(act), from_at=act.at, basis=act.basis, at=act.now)
    return {"spells": before}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    restore_point(actor=act.actor, point=act.subject.thing, spells=outcome["spells"], at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    point, after = act.subject.thing, _next(act)
    yield Effect("工作面", point.face.name if point.face else "未归属", after.name if after else "不在工作面")
    yield Effect(f"{act.effective_on}以前的超限合并和认定", "", "不变")


KIND: Final = ChangeKind(
    id="point_placing",
    title="变更所在工作面",
    subject="point",
    help="测点移动、归属有误或者工作面更替时办理；首次归属请在“测点归属”中成批确认。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
)
