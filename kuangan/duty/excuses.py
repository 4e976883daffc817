"""Asking to be excused from a duty, and the countersignature of the level above."""

from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import end_notices, record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, User
from kuangan.core.queries import roles_of
from kuangan.core.queries.roles import Hold
from kuangan.core.subject import about
from kuangan.duty.levels import HEADING, TOLD, levels_above
from kuangan.duty.models import Duty, Excuse, ExcuseState

ASKED = "excuse"
"""The kind of the notice that an excuse waits; it ends with the decision."""


@transaction.atomic
def ask_excuse(*, actor: User, duty: Duty, reason: str, at: datetime | None = None) -> Excuse:
    """Ask the level above to excuse from an open duty.

    Refused: no reason, nobody of the owing unit, done, cancelled, excused or asked already, or no level above.
    """
    moment = at or clock.now()
    locked = Duty.objects.select_for_update(of=("self",)).select_related("unit").get(pk=duty.pk)
    if not reason.strip():
        raise Refused("请写明申请免责的理由。")
    if not any(hold.unit.pk == locked.unit_id for hold in roles_of(actor, moment)):
        raise Refused(f"只有{locked.unit.name}的人员可以就本单位的事项申请免责。")
    _refuse_settled(locked)
    if locked.excuses.filter(state=ExcuseState.asked).exists():
        raise Refused(f"“{locked.title}”已有免责申请等待审核，请勿重复提交。")
    above = levels_above([locked.unit]).get(locked.unit_id)
    if above is None:
        raise Refused(f"没有登记{locked.unit.name}的上级单位，无法提交免责申请，请联系系统管理员。")
    excuse = Excuse.objects.create(duty=locked, reason=reason.strip(), asked_by=actor, asked_at=moment, above=above)
    record(actor=actor, action="excuse_asked", subject=locked, data={"excuse": excuse.pk, "reason": reason}, at=moment)
    send_notice(
        actor=actor,
        unit=above,
        role=TOLD.get(above.kind),
        title=f"免责申请待审核：{locked.unit.name}{locked.title}"[:200],
        body=f"{locked.unit.name}申请对“{locked.title}”免责，理由：{reason.strip()}",
        kind=ASKED,
        subject=about("duty", locked.pk),
        at=moment,
    )
    return excuse


@transaction.atomic
def decide_excuse(*, actor: User, excuse: Excuse, accept: bool, opinion: str, at: datetime | None = None) -> Excuse:
    """Accept or refuse a request, with an opinion. An accepted one frees from urging; it never counts as done.

    Refused: the actor does not head the level above, or asked himself; no opinion; decided already, or done meanwhile.
    """
    moment = at or clock.now()
    duty = Duty.objects.select_for_update(of=("self",)).select_related("unit").get(pk=excuse.duty_id)
    row = Excuse.objects.select_related("above").get(pk=excuse.pk)
    hold = _deciding(actor, row, moment)
    if row.state != ExcuseState.asked:
        raise Refused(f"该免责申请已{row.get_state_display()}，无需重复审核。")
    if not opinion.strip():
        raise Refused("请填写审核意见。")
    if accept:
        _refuse_settled(duty)
        Duty.objects.filter(pk=duty.pk).update(excused_at=moment, wakes_at=None)
    row.state = ExcuseState.accepted if accept else ExcuseState.refused
    row.decided_by, row.decided_at, row.opinion = actor, moment, opinion.strip()
    row.save()
    action = "excuse_accepted" if accept else "excuse_refused"
    data = {"excuse": row.pk, "opinion": row.opinion}
    record(actor=actor, action=action, subject=duty, data=data, at=moment, acting_for=hold.acting_for)
    end_notices(actor=actor, notices=Notice.objects.filter(kind=ASKED, link=str(about("duty", duty.pk))), at=moment)
    return row


def _deciding(actor: User, excuse: Excuse, at: datetime) -> Hold:
    """The hold by which the actor decides for the level above; a city government has none above it and decides itself."""
    if excuse.asked_by_id == actor.pk:
        raise Refused("不能审核自己提出的免责申请，请由上级单位其他负责人审核。")
    holds = roles_of(actor, at)
    owing = excuse.duty.unit_id
    inside = excuse.above_id != owing and any(hold.unit.pk == owing for hold in holds)
    for hold in holds:
        if hold.unit.pk == excuse.above_id and hold.role in HEADING:
            if inside:
                raise Refused("您同时在责任单位任职，不能审核本单位的免责申请，请由上级单位其他负责人审核。")
            return hold
    raise Refused(
        f"免责申请须由{excuse.above.name}的负责人（科股长、局主要负责人、局授权负责人或政府主要负责人）审核。"
    )


def _refuse_settled(duty: Duty) -> None:
    if duty.done_at is not None:
        raise Refused(f"“{duty.title}”已办结，无需免责。")
    if duty.cancelled_at is not None:
        raise Refused(f"“{duty.title}”已取消，无需免责。")
    if duty.excused_at is not None:
        raise Refused(f"“{duty.title}”已认可免责。")
