"""Sending reports: what is sent is frozen."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.base.digest import digest
from kuangan.core.actions import record, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, User
from kuangan.core.subject import about
from kuangan.office.models import Brief, BriefKind
from kuangan.office.standing import acting_at

BRIEF = "office_brief"


@transaction.atomic
def send_brief(
    *,
    actor: User,
    unit: Unit,
    to: Unit,
    kind: BriefKind | str,
    period: str,
    days: tuple[date, date],
    content: Mapping[str, Any],
    remarks: str = "",
    at: datetime | None = None,
) -> Brief:
    """Freeze a report and send it to the office above. Refused: sent before, a period that has not begun."""
    moment = at or clock.now()
    hold = acting_at(actor, unit, moment)
    _require_sendable(unit, BriefKind(kind), period, days[0], moment)
    body = {"content": dict(content), "remarks": remarks, "period": period, "unit": unit.code}
    title = f"{unit.name}{BriefKind(kind).label}（{period}）"[:200]
    notice = send_notice(actor=actor, unit=to, title=title, body=remarks[:300], kind=BRIEF, at=moment)
    made = Brief.objects.create(
        kind=BriefKind(kind),
        unit=unit,
        path=unit.path,
        to=to,
        period=period,
        first_on=days[0],
        last_on=days[1],
        content=dict(content),
        remarks=remarks,
        digest=digest(body),
        sent_at=moment,
        sent_by=actor,
        notice=notice,
    )
    notice.link = str(about("brief", made.pk))
    notice.save(update_fields=["link"])
    content_facts = {"kind": made.kind, "period": period, "to": to.code, "digest": made.digest}
    record(actor=actor, action="brief_sent", subject=made, data=content_facts, at=moment, acting_for=hold.acting_for)
    return made


def _require_sendable(unit: Unit, kind: BriefKind, period: str, first: date, at: datetime) -> None:
    if first > clock.civil_date(at):
        raise Refused("该期间尚未开始，不能报送。")
    if Brief.objects.filter(unit=unit, kind=kind, period=period).exists():
        raise Refused("该期间已报送；补充情况请另行书面说明。")
