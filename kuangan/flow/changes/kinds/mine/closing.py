"""关闭: the mine is closed from a day on; its faces end, nothing further is owed by it or expected of its points."""

from collections.abc import Iterator
from typing import Final

from kuangan.core.errors import Refused
from kuangan.flow.changes.grammar import DOCUMENTED, ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.open_work import work_lines
from kuangan.flow.changes.people import SUPERVISOR, THE_CITY
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.attributes import restore, set_by_hand
from kuangan.flow.mines.closing import end_faces, go_on_with_faces, open_faces
from kuangan.law.field import Field
from kuangan.mine.models import MineStatus
from kuangan.mine.queries import attribute


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _does(act: ChangeAct) -> Outcome:
    mine = act.subject.thing
    if attribute(mine, "status", act.effective_on) == MineStatus.closed:
        raise Refused(f"{mine.name}已是关闭状态，无须办理。")
    said = {"status": str(MineStatus.closed)}
    outcome = set_by_hand(act.actor, mine, said, valid_from=act.effective_on, basis=act.basis, at=act.now)
    return {**outcome, "faces": end_faces(act.actor, mine, act.effective_on, act.now)}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    restore(act.actor, act.subject.thing, outcome, at=act.now)
    go_on_with_faces(act.actor, act.subject.thing, outcome["faces"], act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    mine = act.subject.thing
    yield Effect("生产建设状态", "", "关闭")
    for face in open_faces(mine, act.effective_on):
        yield Effect(f"工作面{face.name}", "在采（掘）", f"自{act.effective_on}起结束，测点解除归属")
    yield from work_lines(mine.unit, "在办事项继续办完；履职事项自该日起取消")
    yield Effect("数据接入密钥", "", "由系统管理员在“数据接入”停用")


KIND: Final = ChangeKind(
    id="mine_closing",
    title="关闭",
    subject="mine",
    help="依法关闭的煤矿，自关闭之日起不再产生履职事项；须有关闭决定或者公告。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=THE_CITY,
    proposes=SUPERVISOR,
    accepts=THE_CITY,
    rests_on=DOCUMENTED,
)
