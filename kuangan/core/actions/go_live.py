"""From which day a unit works on the platform: set with its document, changed only as long as the day has not come."""

from datetime import date, datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import GoLive, Unit, User
from kuangan.core.queries.go_live import ALWAYS, go_live_days


@transaction.atomic
def put_off_go_live(*, actor: User | None, unit: Unit, at: datetime | None = None) -> GoLive:
    """Say of a new area that nobody in it works on the platform yet, so that nothing is owed before a day is set."""
    return _write(actor, GoLive(unit=unit, on=None, set_by=actor, set_at=at or clock.now()))


@transaction.atomic
def set_go_live(
    *,
    actor: User | None,
    unit: Unit,
    on: date,
    document: str,
    reason: str,
    at: datetime | None = None,
) -> GoLive:
    """Set the day of a unit, or of an area with everybody in it who has no day of his own.

    Refused: no document or reason, a day before this month, a unit whose day has come.
    """
    moment = at or clock.now()
    if not document.strip() or not reason.strip():
        raise Refused("请写明确定启用日的文号和事由。")
    Unit.objects.select_for_update().get(pk=unit.pk)
    _require_free(unit, on, clock.civil_date(moment))
    return _write(
        actor,
        GoLive(
            unit=unit,
            on=on,
            document=document.strip()[:80],
            reason=reason.strip()[:200],
            set_by=actor,
            set_at=moment,
        ),
    )


def _require_free(unit: Unit, on: date, today: date) -> None:
    known = go_live_days().day_of(unit.path)
    if known == ALWAYS:
        raise Refused(f"{unit.name}未登记为待启用，一直在平台办理，不能另定启用日。")
    if known <= today:
        raise Refused(f"{unit.name}已于{known:%Y-%m-%d}启用，启用日不能再改。")
    if on < today.replace(day=1):
        raise Refused(f"启用日不能早于本月1日（{today.replace(day=1):%Y-%m-%d}）：已过的期间不能补记为应办。")


def _write(actor: User | None, go_live: GoLive) -> GoLive:
    """The row in force, in the place of an earlier one."""
    GoLive.objects.filter(unit=go_live.unit, ended_at=None).update(ended_at=go_live.set_at)
    go_live.save(force_insert=True)
    data = {
        "unit": go_live.unit.code,
        "on": go_live.on.isoformat() if go_live.on else None,
        "document": go_live.document,
        "reason": go_live.reason,
    }
    record(actor=actor, action="go_live_set", subject=go_live, data=data, at=go_live.set_at)
    return go_live
