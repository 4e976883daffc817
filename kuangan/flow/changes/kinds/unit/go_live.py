"""启用平台: from this day on a unit, or everybody in an area, works on the platform; before it nothing is owed and nothing overdue."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.queries.go_live import NOT_YET, go_live_days
from kuangan.duty.actions import follow_go_live
from kuangan.flow.changes.grammar import DOCUMENTED, ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.procedure.people import By
from kuangan.law.role import Role

CITY: Final = tuple(By("city", role) for role in (Role.section_head, Role.bureau_head, Role.bureau_deputy))
OWN: Final = tuple(
    By("unit", role)
    for role in (
        Role.clerk,
        Role.section_head,
        Role.bureau_head,
        Role.bureau_deputy,
        Role.government_head,
        Role.company_officer,
        Role.mine_director,
    )
)


def _does(act: ChangeAct) -> Outcome:
    go_live = actions.set_go_live(
        actor=act.actor,
        unit=act.subject.thing,
        on=act.effective_on,
        document=act.document,
        reason=act.reason,
        at=act.now,
    )
    follow_go_live(act.now)
    return {"go_live": go_live.pk}


def _previews(act: ChangeAct) -> Iterator[Effect]:
    yield Effect("启用日", _words(go_live_days().day_of(act.subject.unit.path)), act.effective_on.isoformat())
    yield Effect("启用日以前的期间和事件", "不计应办、逾期", "不计应办、逾期，不补记")
    yield Effect(
        "启用日所在的期间", "不计应办", "只办一次且期限在启用日之后的，自启用日起应办；须办多次的，自下一期间起"
    )
    yield Effect("瓦斯超限报警的处置", "照常办理", "照常办理")


def _words(day: date) -> str:
    return "未启用" if day == NOT_YET else day.isoformat()


def _fits(subject: ChangeSubject) -> bool:
    """Only of what does not work on the platform yet."""
    return go_live_days().day_of(subject.unit.path) > clock.civil_date(clock.now())


KIND: Final = ChangeKind(
    id="unit_go_live",
    title="启用平台",
    subject="unit",
    help="确定单位（或者市、县（区）范围内全部单位）自哪一日起在平台履职；须填写确定启用日的文号，并附该文件。此前不计应办、不计逾期。",
    fields=lambda _: (),
    does=_does,
    previews=_previews,
    makes=CITY,
    proposes=OWN,
    fits=_fits,
    rests_on=DOCUMENTED,
)
