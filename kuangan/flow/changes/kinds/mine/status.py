"""生产建设状态变更: a mine produces, builds or stands still from a day on, unless a stop says what holds; closing is a change of its own."""

from collections.abc import Iterator
from typing import Final

from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.attributes import restore, set_by_hand
from kuangan.law.field import Field
from kuangan.mine.models import AttributeName, MineStatus
from kuangan.mine.queries import attribute, attributes_text

STATUS: Final = str(AttributeName.status)
OPEN: Final = tuple((value, label) for value, label in MineStatus.choices if value != MineStatus.closed)


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return (Field(STATUS, "生产建设状态", "choice", choices=OPEN),)


def _does(act: ChangeAct) -> Outcome:
    said = {STATUS: act.values[STATUS]}
    return set_by_hand(act.actor, act.subject.thing, said, valid_from=act.effective_on, basis=act.basis, at=act.now)


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    restore(act.actor, act.subject.thing, outcome, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    before = attribute(act.subject.thing, STATUS, act.effective_on)
    words = attributes_text({STATUS: before} if before else {})
    yield Effect("生产建设状态", words.get(STATUS, "不明"), dict(OPEN)[act.values[STATUS]])
    yield Effect("停产停建期间本矿的履职事项", "", "按规定暂停，恢复后继续")


KIND: Final = ChangeKind(
    id="mine_status",
    title="生产建设状态变更",
    subject="mine",
    help="竣工转入生产、自行停产或者恢复等。责令停产整顿和恢复由该办件确定，关闭另行办理。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=SUPERVISOR,
    proposes=THE_MINE,
    accepts=SUPERVISOR,
)
