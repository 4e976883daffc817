"""水平、采（盘）区结束或者封闭."""

from collections.abc import Iterator
from typing import Any, Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.parts import ENDINGS, end_part, endings_of, reopen_part
from kuangan.law.field import Field
from kuangan.mine.models import Mine


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    mine: Mine = subject.thing
    return (Field("ending", "事项", "choice", choices=tuple(endings_of(mine))),)


def _does(act: ChangeAct) -> Outcome:
    return {"ending": end_part(act.actor, act.subject.thing, act.values["ending"], act.effective_on, act.now)}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    reopen_part(act.actor, act.subject.thing, outcome["ending"], act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    known: dict[str, Any] = dict(endings_of(act.subject.thing))
    yield Effect(known.get(act.values["ending"], ENDINGS["district"]), "", f"自{act.effective_on}起")


KIND: Final = ChangeKind(
    id="part_ended",
    title="水平、采（盘）区结束或者封闭",
    subject="mine",
    help="采（盘）区内的工作面均已结束后办理；先结束，后封闭。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
    fits=lambda subject: any(endings_of(subject.thing)),
)
