"""档案项目变更: capacity and other properties of a mine that no decision of the platform sets, from a day on."""

from collections.abc import Iterator
from typing import Any, Final

from kuangan.core.errors import Refused
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.attributes import BY_HAND, attribute_field, restore, set_by_hand
from kuangan.law.field import Field
from kuangan.mine.models import AttributeName
from kuangan.mine.queries import attributes_on, attributes_text


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return tuple(attribute_field(name) for name in BY_HAND)


def _said(act: ChangeAct) -> dict[str, str]:
    said = {name: str(act.values[name]) for name in BY_HAND if act.values.get(name) not in (None, "")}
    if not said:
        raise Refused("请至少填写一个变更的项目，不变的留空。")
    return said


def _does(act: ChangeAct) -> Outcome:
    mine, said = act.subject.thing, _said(act)
    return set_by_hand(act.actor, mine, said, valid_from=act.effective_on, basis=act.basis, at=act.now)


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    restore(act.actor, act.subject.thing, outcome, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    known: dict[str, Any] = attributes_on([act.subject.thing], act.effective_on).get(act.subject.thing.pk, {})
    said = _said(act)
    before, after = attributes_text(known), attributes_text(said)
    for name in said:
        yield Effect(str(AttributeName(name).label), before.get(name, "不明"), after[name])
    yield Effect(f"{act.effective_on}以前的档案和认定", "", "不变")
    yield Effect("规则、履职事项", "", f"自{act.effective_on}起按新内容")


KIND: Final = ChangeKind(
    id="mine_attributes",
    title="档案项目变更",
    subject="mine",
    help="核定能力、核定下井人数、开采方式、开采煤层、煤尘爆炸性。类别、灾害等级、标准化等级由有关程序确定，请在相应台账办理。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
)
