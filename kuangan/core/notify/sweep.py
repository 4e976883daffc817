"""Sending what is due: a message is claimed by compare-and-set, carried outside any transaction, then its outcome stored."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, When

from kuangan.base import clock
from kuangan.core.models import Channel, Delivery, DeliveryStatus, WarningLevel
from kuangan.core.notify.channel import adapter_for
from kuangan.core.notify.outcome import Failed, Sent
from kuangan.core.notify.sparing import HOUR, spare, word_summary
from kuangan.core.resting import Resting

MAX_ATTEMPTS = 6
_resting = Resting()
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(minutes=10)
_URGENT_FIRST = Case(When(Q(notice__level=WarningLevel.red) | Q(channel=Channel.phone), then=0), default=1)
LEASE = timedelta(seconds=60)
"""How long a claimed message stays with its process; after a crash another one sends it again under the same id."""


def deliver_due(at: datetime | None = None, limit: int = 50) -> int:
    """Send up to `limit` messages whose time has come; returns how many were tried. Safe in several processes at once."""
    moment = at or clock.now()
    far = Q(summary=True, next_at__gt=moment + 2 * HOUR)  # planned by a clock that ran ahead
    due = Delivery.objects.filter(Q(next_at__lte=moment) | far, status=DeliveryStatus.waiting).select_related("notice")
    deliveries = due.exclude(channel=Channel.group_text).order_by(_URGENT_FIRST, "next_at", "pk")[
        : limit + len(_resting)
    ]
    return _resting.take_each(_deliver, deliveries, moment, stage="delivery", label="消息发送")


def _deliver(delivery: Delivery, at: datetime) -> bool:
    """Send one message, if this process gets it and its receiver has not had enough."""
    if spare(delivery, at):
        return True
    if not _claim(delivery, at) or (delivery.summary and not word_summary(delivery)):
        return False
    _store(delivery, adapter_for(Channel(delivery.channel)).send(delivery), at)
    return True


@transaction.atomic
def _claim(delivery: Delivery, at: datetime) -> bool:
    """Take the message for this process; False when another one was faster."""
    seen = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.waiting, next_at=delivery.next_at)
    if not seen.update(next_at=at + LEASE, attempts=F("attempts") + 1):
        return False
    delivery.attempts += 1
    return True


@transaction.atomic
def _store(delivery: Delivery, outcome: Sent | Failed, at: datetime) -> None:
    """Keep the outcome, unless the message was dropped while it was on its way."""
    waiting = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.waiting)
    if isinstance(outcome, Sent):
        waiting.update(status=DeliveryStatus.sent, next_at=None, sent_at=at, reference=outcome.reference, last_error="")
    elif outcome.final or delivery.attempts >= MAX_ATTEMPTS:
        waiting.update(status=DeliveryStatus.failed, next_at=None, last_error=outcome.error)
    else:
        waiting.update(next_at=at + retry_after(delivery.attempts), last_error=outcome.error)


def retry_after(attempts: int) -> timedelta:
    """The pause after this many failed attempts: it doubles each time up to the longest."""
    doubled: timedelta = FIRST_RETRY * 2 ** (attempts - 1)
    return min(doubled, LONGEST_RETRY)
