"""Sending notices and signing for them."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet

from kuangan.base import clock
from kuangan.core.actions.access.streams import LIVE_CHANNEL
from kuangan.core.actions.audit import Line, record, record_many
from kuangan.core.actions.sending.deliveries import beside_sms, deliveries_of
from kuangan.core.errors import Refused
from kuangan.core.models import Channel, Delivery, DeliveryStatus, Notice, Person, Unit, User, WarningLevel
from kuangan.core.queries.notices import notices_for
from kuangan.core.queries.roles import roles_of
from kuangan.core.subject import Subject
from kuangan.law.role import Role

AT_ONCE: Final = 1000
"""Rows of one statement at most."""


@transaction.atomic
def send_notice(
    *,
    actor: User | None,
    unit: Unit,
    title: str,
    body: str,
    kind: str,
    subject: Subject | None = None,
    level: WarningLevel | str = "",
    person: Person | None = None,
    role: Role | str | None = None,
    channels: Iterable[Channel | str] = (Channel.screen,),
    due_at: datetime | None = None,
    at: datetime | None = None,
) -> Notice:
    """Tell `unit` (one person of it, or whoever has a role there) and plant one message per channel and address.

    A channel for which no number is known becomes a failed message that says so: silence would look like sent.
    """
    moment = at or clock.now()
    notice = Notice(
        unit=unit,
        person=person,
        role=Role(role).value if role else "",
        kind=kind,
        title=title,
        body=body,
        link=str(subject or ""),
        level=WarningLevel(level).value if level else "",
        created_at=moment,
        due_at=due_at,
    )
    send_notices(actor=actor, notices=[notice], channels=channels, at=moment)
    return notice


@transaction.atomic
def send_notices(
    *,
    actor: User | None,
    notices: Sequence[Notice],
    channels: Iterable[Channel | str] = (Channel.screen,),
    at: datetime,
) -> None:
    """Send notices that were made but not saved, as :func:`send_notice` does for one, in a few statements for all."""
    wanted = [Channel(channel) for channel in channels]
    beside = beside_sms() if Channel.sms in wanted else ()
    Notice.objects.bulk_create(notices, batch_size=AT_ONCE)
    messages = [message for notice in notices for message in deliveries_of(notice, wanted, beside, at)]
    Delivery.objects.bulk_create(messages, batch_size=AT_ONCE)
    record_many([Line(notice, "notice_sent", _content(notice, wanted), actor) for notice in notices], at)
    _announce(notices)


def _content(notice: Notice, channels: Iterable[Channel]) -> dict[str, Any]:
    return {
        "unit": notice.unit.code,
        "kind": notice.kind,
        "title": notice.title,
        "level": notice.level,
        "channels": [channel.value for channel in channels],
    }


def announce(notice: Notice) -> None:
    """Wake open pages, when this transaction commits."""
    _announce([notice])


def _announce(notices: Iterable[Notice]) -> None:
    changes = [
        json.dumps({"path": notice.unit.path, "topic": "notice", "kind": "notice", "id": notice.pk})
        for notice in notices
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(pg_notify(%s, change)) FROM unnest(%s::text[]) AS change", [LIVE_CHANNEL, changes])


@transaction.atomic
def end_notices(*, actor: User | None, notices: QuerySet[Notice], at: datetime | None = None) -> int:
    """What these notices told of has ended: those nobody signed ask for nothing any more. Returns how many."""
    moment = at or clock.now()
    asking = Notice.objects.filter(pk__in=notices.order_by().values("pk"), received_at=None, ended_at=None)
    ended = list(asking.select_for_update().order_by("pk"))
    keys = [notice.pk for notice in ended]
    Notice.objects.filter(pk__in=keys).update(ended_at=moment)
    _drop_waiting(keys, moment)
    record_many([Line(notice, "notice_ended", {}, actor) for notice in ended], moment)
    return len(ended)


def _drop_waiting(notices: Sequence[int], at: datetime) -> None:
    """Messages of these notices that have not gone out do not go out any more; to-do entries in work apps are to be closed.

    The screen shows the notice itself.
    """
    entries = Delivery.objects.filter(notice__in=notices, channel=Channel.todo, status=DeliveryStatus.sent)
    entries.update(asks_at=at)
    waiting = Delivery.objects.filter(notice__in=notices, status=DeliveryStatus.waiting)
    waiting.exclude(channel=Channel.screen).update(status=DeliveryStatus.dropped, next_at=None)


@transaction.atomic
def sign_for_notice(*, actor: User, notice: Notice, at: datetime | None = None) -> Notice:
    """Confirm receipt, once; messages still waiting are dropped.

    Refused: the notice is not the actor's to sign for, or somebody already has (says who and when).
    """
    moment = at or clock.now()
    if not notices_for(actor, moment).filter(pk=notice.pk).exists():
        raise Refused(f"“{notice.title}”不是发给您或您所在岗位的，请由{notice.unit.name}的接收人签收。")
    signed = Notice.objects.filter(pk=notice.pk, received_at__isnull=True).update(received_at=moment, received_by=actor)
    notice.refresh_from_db()
    if not signed:
        by = notice.received_by.display_name if notice.received_by else ""
        raise Refused(f"“{notice.title}”已由{by}签收，无需重复签收。")
    _drop_waiting([notice.pk], moment)
    at_unit = [hold for hold in roles_of(actor, moment) if hold.unit.pk == notice.unit_id]
    by_post = [hold for hold in at_unit if notice.role in ("", hold.role.value)]
    record(
        actor=actor,
        action="notice_received",
        subject=notice,
        at=moment,
        acting_for=by_post[0].acting_for if by_post else None,
    )
    announce(notice)
    return notice


@transaction.atomic
def confirm_pasted(*, actor: User, delivery: Delivery, at: datetime | None = None) -> Delivery:
    """Note that a person pasted the text into the work group. Refused for other channels and when already noted."""
    moment = at or clock.now()
    waiting = Delivery.objects.filter(pk=delivery.pk, channel=Channel.group_text, status=DeliveryStatus.waiting)
    if not waiting.update(status=DeliveryStatus.sent, next_at=None, sent_at=moment):
        raise Refused("这条工作群文本已登记发出或已取消，无需再次登记。")
    delivery.refresh_from_db()
    subject = delivery.notice or ("core.delivery", delivery.pk)
    record(actor=actor, action="group_text_pasted", subject=subject, data={"delivery": delivery.pk}, at=moment)
    return delivery
