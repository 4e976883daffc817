"""开始采（掘）: a planned face is worked from a day on."""

from collections.abc import Iterator
from typing import Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import plan_again, start_face


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _does(act: ChangeAct) -> Outcome:
    start_face(actor=act.actor, face=act.subject.thing, started_on=act.effective_on, at=act.now)
    return {}


def _undoes(act: ChangeAct, _outcome: Outcome) -> None:
    plan_again(actor=act.actor, face=act.subject.thing, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    yield Effect("状态", f"计划（{act.subject.thing.planned_on}）", f"自{act.effective_on}起在采（掘）")


KIND: Final = ChangeKind(
    id="face_starting",
    title="开始采（掘）",
    subject="face",
    help="计划中的工作面开始采（掘）。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
    fits=lambda subject: subject.thing.started_on is None and subject.thing.planned_on is not None,
)
