"""登记其他编码: another code under which feeds, sheets and lists name the mine, from a day on."""

from collections.abc import Iterator
from typing import Final

from kuangan.core.errors import Refused
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import OPERATOR, SUPERVISOR, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import add_alias, withdraw_alias
from kuangan.mine.models import MineAlias


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return (Field("code", "其他编码", help="原编码、省级平台或者企业系统的编码，6至20位数字、字母"),)


def _does(act: ChangeAct) -> Outcome:
    alias = add_alias(
        actor=act.actor,
        mine=act.subject.thing,
        code=str(act.values["code"]),
        valid_from=act.effective_on,
        basis=act.basis,
        at=act.now,
    )
    return {"alias": alias.pk}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    alias = MineAlias.objects.select_related("mine").filter(pk=outcome["alias"], withdrawn_at=None).first()
    if alias is None:
        raise Refused("该次登记已另行更正。")
    withdraw_alias(actor=act.actor, alias=alias, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    mine = act.subject.thing
    yield Effect("煤矿编码", mine.code, "不变")
    yield Effect("数据文件、工作簿、台账表格中的该编码", "不识别", f"自{act.effective_on}起识别为{mine.name}")


KIND: Final = ChangeKind(
    id="mine_alias",
    title="登记其他编码",
    subject="mine",
    help="同一煤矿在其他系统中的编码或者原编码；数据接入、导入和查询均按本矿处理。同一时间一个编码只属于一座煤矿。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=(*SUPERVISOR, *OPERATOR),
    proposes=THE_MINE,
)
