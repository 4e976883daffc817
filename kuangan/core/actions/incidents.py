"""Saying what is wrong with the platform, once, to those who run it; and when it is over."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from kuangan.base import clock
from kuangan.base.text import clean_text
from kuangan.core.actions.audit import record
from kuangan.core.actions.notices import send_notice
from kuangan.core.models import Channel, Incident, WarningLevel
from kuangan.core.models.incident import INCIDENT_WORDS
from kuangan.core.queries.roles import units_with_role
from kuangan.core.subject import about
from kuangan.law.role import Role

LONGEST_KEY = 120


@transaction.atomic
def raise_incident(*, kind: str, key: str, text: str, call: bool = False, at: datetime | None = None) -> Incident:
    """Note one sign of a trouble. Its first sign is told to those who run the platform (``call``: by SMS, too).

    Later signs of the same kind and key only count, so that a flood of signs is one line. KeyError for an unknown kind.
    """
    moment, key, text = at or clock.now(), clean_text(key)[:LONGEST_KEY], clean_text(text)
    title = INCIDENT_WORDS[kind]
    incident, first = Incident.objects.get_or_create(
        kind=kind, key=key, ended_at=None, defaults={"text": text, "began_at": moment, "last_at": moment}
    )
    if not first:
        Incident.objects.filter(pk=incident.pk).update(count=F("count") + 1, last_at=moment, text=text)
        incident.refresh_from_db()
        return incident
    record(actor=None, action="incident_began", subject=incident, data={"kind": kind, "key": key}, at=moment)
    for unit in units_with_role(Role.operator, moment):
        send_notice(
            actor=None,
            unit=unit,
            role=Role.operator,
            kind="incident",
            title=f"运行异常：{title}",
            body=text,
            subject=about("status"),
            level=WarningLevel.orange,
            channels=(Channel.screen, Channel.sms) if call else (Channel.screen,),
            at=moment,
        )
    return incident


@transaction.atomic
def end_incident(*, kind: str, key: str, at: datetime | None = None) -> bool:
    """The trouble is over; False when there was none."""
    moment = at or clock.now()
    incident = Incident.objects.select_for_update().filter(kind=kind, key=key[:LONGEST_KEY], ended_at=None).first()
    if incident is None:
        return False
    incident.ended_at = moment
    incident.save(update_fields=["ended_at"])
    record(actor=None, action="incident_ended", subject=incident, at=moment)
    return True
