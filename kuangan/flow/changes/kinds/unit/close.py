"""撤销单位: a unit is no more from a day on. Refused while it has open work, mines or people in posts, naming them."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Tenure, Unit, UnitKind
from kuangan.duty.actions import cancel
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.open_work import open_cases, open_duties
from kuangan.flow.changes.people import OPERATOR
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field
from kuangan.mine.models import Mine

LISTED: Final = 5


def _hindrances(unit: Unit, act: ChangeAct) -> Iterator[str]:
    """What stands in the way, in words."""
    for case in open_cases(unit).order_by("opened_at")[:LISTED]:
        yield f"在办案件{case.number}"
    for duty in open_duties(unit).filter(due_at__lte=act.now).order_by("due_at")[:LISTED]:
        yield f"逾期事项“{duty.title}”"
    mines = (
        Mine.objects.filter(company=unit)
        | Mine.objects.filter(supervisor=unit)
        | Mine.objects.filter(inspectorate=unit)
    )
    for mine in mines.order_by("code")[:LISTED]:
        yield f"所属煤矿{mine.name}"
    for tenure in Tenure.objects.filter(post__unit=unit, to_at=None).select_related("person", "post")[:LISTED]:
        yield f"在任人员{tenure.person.name}（{tenure.post.title}）"


def _does(act: ChangeAct) -> Outcome:
    unit: Unit = act.subject.thing
    if hindering := list(_hindrances(unit, act)):
        raise Refused(f"{unit.name}尚有{'、'.join(hindering)}，请先办结、移交或者办理并入，再撤销单位。")
    running = list(open_duties(unit))
    if running:
        cancel(actor=act.actor, duties=running, reason=f"{unit.name}自{act.effective_on}撤销", at=act.now)
    actions.close_unit(actor=act.actor, unit=unit, on=act.effective_on, at=act.now)
    return {"duties": [duty.pk for duty in running]}


def _undoes(act: ChangeAct, _outcome: Outcome) -> None:
    actions.reopen_unit(actor=act.actor, unit=act.subject.thing, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    unit: Unit = act.subject.thing
    for words in _hindrances(unit, act):
        yield Effect("未了事项", words, "须先办结、移交或者并入")
    count = open_duties(unit).filter(due_at__gt=act.now).count()
    if count:
        yield Effect("未到期履职事项", f"{count} 件", "取消，注明单位已撤销")
    yield Effect(unit.name, "在设", "撤销；以往档案、文书、台账保留")


def _fields(_subject: ChangeSubject) -> tuple[Field, ...]:
    return ()


def _fits(subject: ChangeSubject) -> bool:
    outside = (UnitKind.city, UnitKind.county, UnitKind.platform, UnitKind.mine)
    return subject.thing.closed_on is None and subject.unit.kind not in outside


KIND: Final = ChangeKind(
    id="unit_close",
    title="撤销单位",
    subject="unit",
    help="有煤矿、人员和在办事项的单位，先办理并入或者移交；煤矿关闭在煤矿档案中办理。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=OPERATOR,
    fits=_fits,
    backdated=False,
    tells=lambda act: (),
)
