"""更名: a unit bears another name from a day on; papers issued before and files as of earlier days keep the old one."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import FormerName, Unit, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.open_work import work_lines
from kuangan.flow.changes.people import OPERATOR, SUPERVISOR, THE_COMPANY, THE_MINE
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.actions import follow_unit_name

NAME: Final = Field("name", "新名称", help="全称，与公章、证照一致")


def _does(act: ChangeAct) -> Outcome:
    former = actions.rename_unit(
        actor=act.actor, unit=act.subject.thing, name=act.values["name"], from_on=act.effective_on, at=act.now
    )
    follow_unit_name(actor=act.actor, unit=act.subject.thing, at=act.now)
    return {"former": former.pk, "before": former.name}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    former = FormerName.objects.select_related("unit").filter(pk=outcome["former"]).first()
    if former is None:
        raise Refused(f"{act.subject.name}的该次更名已另行更正。")
    unit = actions.restore_unit_name(actor=act.actor, former=former, at=act.now)
    follow_unit_name(actor=act.actor, unit=unit, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    unit: Unit = act.subject.thing
    yield Effect("名称", unit.name, act.values.get("name", ""))
    yield Effect("此前制发的文书、此前日期的档案", unit.name, unit.name)
    yield Effect("岗位、人员、台账、密钥", "", "不变")
    yield from work_lines(unit, "继续办理，新制发的文书用新名称")


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return (NAME,)


def _fits(subject: ChangeSubject) -> bool:
    return subject.thing.closed_on is None and subject.unit.kind != UnitKind.platform


KIND: Final = ChangeKind(
    id="unit_rename",
    title="更名",
    subject="unit",
    help="单位名称变更。合并、撤销的单位另行办理。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=OPERATOR,
    proposes=(*THE_MINE, *THE_COMPANY),
    accepts=SUPERVISOR,
    fits=_fits,
)
