"""封闭: a face that has ended is sealed off."""

from collections.abc import Iterator
from typing import Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import seal_face, unseal_face


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _does(act: ChangeAct) -> Outcome:
    seal_face(actor=act.actor, face=act.subject.thing, sealed_on=act.effective_on, at=act.now)
    return {}


def _undoes(act: ChangeAct, _outcome: Outcome) -> None:
    unseal_face(actor=act.actor, face=act.subject.thing, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    yield Effect("状态", f"{act.subject.thing.ended_on} 结束", f"{act.effective_on} 封闭")


KIND: Final = ChangeKind(
    id="face_sealing",
    title="封闭",
    subject="face",
    help="工作面结束后登记永久封闭的日期。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
    fits=lambda subject: subject.thing.ended_on is not None and subject.thing.sealed_on is None,
)
