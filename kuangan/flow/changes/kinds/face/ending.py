"""结束采（掘）: the face is worked no more from a day on; its points are released and keep their history."""

from collections.abc import Iterator
from typing import Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import end_face, reopen_face
from kuangan.mine.models import Face, Point


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _does(act: ChangeAct) -> Outcome:
    end_face(actor=act.actor, face=act.subject.thing, ended_on=act.effective_on, at=act.now)
    return {}


def _undoes(act: ChangeAct, _outcome: Outcome) -> None:
    reopen_face(actor=act.actor, face=act.subject.thing, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    face: Face = act.subject.thing
    points = Point.objects.filter(face=face).count()
    yield Effect("状态", "在采（掘）", f"自{act.effective_on}起结束")
    yield Effect("测点", f"{points} 个归属本工作面", "解除归属；停止上报的不再视为中断，仍在上报的照常监测")
    yield Effect(f"{act.effective_on}以前的超限、合并和认定", "", "不变")


KIND: Final = ChangeKind(
    id="face_ending",
    title="结束采（掘）",
    subject="face",
    help="生效日期为不再采（掘）的首日。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
    fits=lambda subject: subject.thing.started_on is not None and subject.thing.ended_on is None,
)
