"""Hours in which a person is let alone: what is not red waits until they end, unless he is on shift."""

from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import Q

from kuangan.base.clock import BEIJING, civil
from kuangan.core.models import Channel, Delivery, QuietHours, WarningLevel
from kuangan.core.queries.roles import people_on_duty, tenures_at

KEPT: Final = (Channel.sms, Channel.app, Channel.email)
"""Channels that can wait. A call never does, and a group is no person."""


def quiet_until(delivery: Delivery, at: datetime) -> datetime | None:
    """When the quiet hours of its receiver end; None where it may go out now."""
    if delivery.channel not in KEPT or delivery.person_id is None or delivery.notice is None:
        return None
    if delivery.notice.level == WarningLevel.red:
        return None
    hours = _hours_of(delivery.person_id, at)
    end = _end(hours, at) if hours else None
    if end is None or any(person.pk == delivery.person_id for person in people_on_duty(delivery.notice.unit, at)):
        return None
    return end


def _hours_of(person_id: int, at: datetime) -> QuietHours | None:
    """His own, else those of a role that he holds."""
    roles = tenures_at(at).filter(person=person_id).values("post__role")
    hours = QuietHours.objects.filter(Q(person=person_id) | Q(role__in=roles))
    return hours.order_by("role", "pk").first()


def _end(hours: QuietHours, at: datetime) -> datetime | None:
    now = civil(at)
    first = _moment(now, hours.begins, 0)
    if hours.begins < hours.ends:
        last = _moment(now, hours.ends, 0)
        return last if first <= at < last else None
    if at >= first:
        return _moment(now, hours.ends, 1)
    last = _moment(now, hours.ends, 0)
    return last if at < last else None


def _moment(day: datetime, of_day: time, days: int) -> datetime:
    return datetime.combine(day.date() + timedelta(days=days), of_day, BEIJING)
