"""How much one person gets: nothing twice, and no more texts an hour than somebody reads; the rest is one summary."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from kuangan.base.clock import civil_date
from kuangan.core.models import Channel, Delivery, DeliveryStatus, WarningLevel
from kuangan.core.wording import summary_text
from kuangan.law.local import local

HOUR: Final = timedelta(hours=1)
SPARED: Final = (Channel.sms, Channel.group, Channel.app, Channel.email)
"""What is read one by one: a call interrupts, a screen does not pile up."""
GATHER: Final = timedelta(minutes=1)
"""How long a summary waits for further messages before it is sent."""


@transaction.atomic
def spare(delivery: Delivery, at: datetime) -> bool:
    """Whether a text needn't be sent by itself: it has a twin, or its address has had enough this hour; then it is merged.

    A red alarm is never held back, and neither is a call. A twin says the same of the same matter to the same address.
    """
    if delivery.channel not in SPARED or delivery.notice is None or delivery.summary:
        return False
    twin = _twins(delivery, at).first()
    if twin is not None:
        return _merge(delivery, twin)
    if delivery.notice.level == WarningLevel.red or _sent(delivery, at) < _most(at):
        return False
    return _merge(delivery, _summary(delivery, at))


def _twins(delivery: Delivery, at: datetime) -> QuerySet[Delivery]:
    """What was sent within the hour, or waits since before, with the same words."""
    assert delivery.notice is not None
    deliveries = Delivery.objects.filter(
        channel=delivery.channel,
        address=delivery.address,
        gateway=delivery.gateway_id,
        text=delivery.text,
        notice__link=delivery.notice.link,
    )
    sent = Q(status=DeliveryStatus.sent, sent_at__gt=at - HOUR, sent_at__lte=at)
    return deliveries.filter(sent | Q(status=DeliveryStatus.waiting, pk__lt=delivery.pk)).order_by("pk")


def _sent(delivery: Delivery, at: datetime) -> int:
    """How many texts but red alarms and summaries the address got in the last hour."""
    deliveries = _to_the_same(delivery).filter(sent_at__gt=at - HOUR, sent_at__lte=at)
    return deliveries.filter(notice__isnull=False).exclude(notice__level=WarningLevel.red).count()


def _to_the_same(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(channel=delivery.channel, address=delivery.address, gateway=delivery.gateway_id)


def _most(at: datetime) -> int:
    return int(local("sending.sms_per_hour", civil_date(at)).value)


def _summary(delivery: Delivery, at: datetime) -> Delivery:
    """The summary that waits for the address, else a new one: soon, and an hour after the last at the earliest."""
    deliveries = _to_the_same(delivery).filter(summary=True)
    waiting = deliveries.filter(status=DeliveryStatus.waiting).first()
    if waiting is not None:
        return waiting
    last = deliveries.filter(sent_at__lte=at).order_by("-sent_at").values_list("sent_at", flat=True).first()
    return Delivery.objects.create(
        channel=delivery.channel,
        address=delivery.address,
        gateway=delivery.gateway,
        person=delivery.person,
        receiver=delivery.receiver,
        text="",
        summary=True,
        next_at=max(at + GATHER, last + HOUR) if last else at + GATHER,
    )


def _merge(delivery: Delivery, into: Delivery) -> bool:
    """True also when another process took the message: it is not this one's to send."""
    Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.waiting, next_at=delivery.next_at).update(
        status=DeliveryStatus.merged, next_at=None, merged_into=into
    )
    return True


@transaction.atomic
def word_summary(summary: Delivery) -> bool:
    """Write what a summary says now, of all that still asks for something. False: nothing does, and it is dropped."""
    still = summary.merged.filter(notice__received_at=None, notice__ended_at=None)
    levels = list(still.values_list("notice__level", flat=True))
    waiting = Delivery.objects.filter(pk=summary.pk, status=DeliveryStatus.waiting)
    if not levels:
        waiting.update(status=DeliveryStatus.dropped, next_at=None)
        return False
    summary.text = summary_text(levels)
    waiting.update(text=summary.text)
    return True
