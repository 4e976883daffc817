"""Sending what is due: a message is claimed by compare-and-set, carried outside any transaction, then its outcome stored.

What goes over a network is carried by a thread of its gateway (``lanes``) and its outcome is taken up by a later round.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from kuangan.base import clock
from kuangan.core.models import Channel, Delivery, DeliveryStatus, WarningLevel
from kuangan.core.notify.channel import Route, Routes, inline_adapter, message_of
from kuangan.core.notify.lanes import AT_ONCE, Flight, Lanes
from kuangan.core.notify.outcome import Failed
from kuangan.core.notify.quiet import quiet_until
from kuangan.core.notify.sparing import HOUR, spare, word_summary
from kuangan.core.notify.storing import store, take_up
from kuangan.core.resting import Resting

MINUTE: Final = timedelta(minutes=1)
_URGENT_FIRST = Case(
    When(Q(notice__level=WarningLevel.red) | Q(channel=Channel.phone) | Q(test_number__isnull=False), then=0), default=1
)
LEASE = timedelta(seconds=60)
"""How long a claimed message stays with its process; after a crash another one sends it again under the same id."""
ASKED_FOR: Final = timedelta(hours=1)
"""So long a gateway is asked whether a message arrived; then it stays unknown."""
CLOSING_PAUSE: Final = timedelta(minutes=5)
CLOSING_FOR: Final = timedelta(days=1)
"""How often, and for how long after the work is done, an entry in a work app is tried to be closed."""
INLINE: Final = (Channel.screen,)
GONE: Final = "发送通道已停用或其类型文件已不在，未发送；请由系统管理员核对“消息通道”。"
_resting = Resting()
_lanes = Lanes()
_routes = Routes()


def deliver_due(at: datetime | None = None, limit: int = 50, patience_s: float = 0.0) -> int:
    """Send up to `limit` messages whose time has come; returns how many were tried. Safe in several processes at once.

    ``patience_s``: how long to wait for what is on its way; without, outcomes are taken up by the next round.
    """
    moment = at or clock.now()
    _land(moment)
    far = Q(summary=True, next_at__gt=moment + 2 * HOUR)  # planned by a clock that ran ahead
    due = Delivery.objects.filter(Q(next_at__lte=moment) | far, status=DeliveryStatus.waiting)
    due = due.exclude(channel=Channel.group_text).select_related("notice__unit", "gateway")
    tried = 0
    if _lanes or due.exists():
        _routes.read()
        waiting = _passing(due, moment).order_by(_URGENT_FIRST, "next_at", "pk")[: limit + len(_resting)]
        tried = _resting.take_each(_deliver, waiting, moment, stage="delivery", label="消息发送")
    if patience_s and _lanes:
        _lanes.wait(patience_s)
        _land(moment)
    return tried


def _passing(due: QuerySet[Delivery], at: datetime) -> QuerySet[Delivery]:
    """Without what no gateway can take now, so that it stands in nobody's way."""
    pinned = {
        key for key in due.exclude(gateway=None).values_list("gateway", flat=True).distinct() if _is_full(key, at)
    }
    full = [
        channel
        for channel in Channel
        if (routes := _routes.of(channel)) and all(_is_full(route.key, at) for route in routes)
    ]
    return due.exclude(gateway__in=pinned).exclude(gateway=None, channel__in=full)


def _is_full(key: int, at: datetime) -> bool:
    """Whether a gateway takes nothing more now: its threads are busy, or the other side's minute is used up."""
    route = _routes.known(key)
    if route is None:
        return False
    if _lanes.is_full(key, 1 if route.is_down(at) else AT_ONCE):
        return True
    return bool(route.per_minute) and _of_last_minute(route, at) >= route.per_minute


def _of_last_minute(route: Route, at: datetime) -> int:
    return Delivery.objects.filter(carried_by=route.key, tried_at__gt=at - MINUTE, tried_at__lte=at).count()


def _deliver(delivery: Delivery, at: datetime) -> bool:
    """Send one message, if this process gets it and its receiver has not had enough."""
    if delivery.pk in _lanes or spare(delivery, at) or _waits(delivery, at):
        return True
    if delivery.channel in INLINE or not (delivery.gateway_id or _routes.of(delivery.channel)):
        return _deliver_inline(delivery, at)
    route = _route_of(delivery, at)
    if route is not None and _is_full(route.key, at):
        return False
    if not _claim(delivery, at, route) or (delivery.summary and not word_summary(delivery)):
        return False
    if route is None:
        store(delivery, Failed(GONE, final=True), at, None)
        return True
    message, gateway = message_of(delivery, route.site), route.gateway
    _lanes.start(route.key, delivery.pk, lambda: gateway.send(message))
    return True


def _route_of(delivery: Delivery, at: datetime) -> Route | None:
    if delivery.gateway is None:
        return _routes.chosen(delivery.channel, delivery.attempts, at)
    if not delivery.gateway.enabled and delivery.test_number is None:
        return None
    return _routes.pinned(delivery.gateway)


def _deliver_inline(delivery: Delivery, at: datetime) -> bool:
    if not _claim(delivery, at, None) or (delivery.summary and not word_summary(delivery)):
        return False
    store(delivery, inline_adapter(Channel(delivery.channel)).send(delivery), at, None)
    return True


@transaction.atomic
def _waits(delivery: Delivery, at: datetime) -> bool:
    """Whether it waits for the end of its receiver's quiet hours."""
    end = quiet_until(delivery, at)
    if end is not None:
        Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.waiting, next_at=delivery.next_at).update(
            next_at=end
        )
    return end is not None


@transaction.atomic
def _claim(delivery: Delivery, at: datetime, route: Route | None) -> bool:
    """Take the message for this process; False when another one was faster."""
    seen = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.waiting, next_at=delivery.next_at)
    carried_by = route.key or None if route else None
    if not seen.update(next_at=at + LEASE, attempts=F("attempts") + 1, carried_by=carried_by, tried_at=at):
        return False
    delivery.attempts += 1
    return True


def ask_receipts(at: datetime | None = None, limit: int = 50) -> int:
    """Ask gateways whether what they took arrived; returns how many were asked."""
    moment = at or clock.now()
    due = Delivery.objects.filter(asks_at__lte=moment, status=DeliveryStatus.sent, carried_by__isnull=False)
    waiting = due.select_related("notice", "carried_by").order_by("asks_at")[: limit + len(_resting)]
    return _resting.take_each(_ask, waiting, moment, stage="receipt", label="送达查询")


def _ask(delivery: Delivery, at: datetime) -> bool:
    assert delivery.carried_by is not None
    route = _routes.pinned(delivery.carried_by)
    if delivery.pk in _lanes or (route is not None and _is_full(route.key, at)):
        return False
    if delivery.channel == Channel.todo:
        return _close(delivery, route, at)
    is_old = delivery.sent_at is None or delivery.sent_at < at - ASKED_FOR
    asks_at = None if route is None or route.receipt is None or is_old else at + route.receipt.pause
    Delivery.objects.filter(pk=delivery.pk).update(asks_at=asks_at)
    if route is None or route.receipt is None:
        return False
    route.begin_asking(_lanes, message_of(delivery, route.site), delivery.reference)
    return True


def _close(delivery: Delivery, route: Route | None, at: datetime) -> bool:
    """Close a to-do entry in the work app, and look again later unless that has been tried for long enough."""
    over_at = delivery.notice.over_at if delivery.notice else None
    is_old = over_at is None or over_at < at - CLOSING_FOR
    Delivery.objects.filter(pk=delivery.pk).update(asks_at=None if is_old or route is None else at + CLOSING_PAUSE)
    if route is None:
        return False
    route.begin_closing(_lanes, message_of(delivery, route.site), delivery.reference)
    return True


def _land(at: datetime) -> None:
    """Store what came of messages that were on their way."""
    _resting.take_each(_take_up, _lanes.landed(), at, stage="delivery_outcome", label="消息发送结果")


def _take_up(flight: Flight, at: datetime) -> bool:
    take_up(flight, _routes.known(flight.lane), at)
    return True


def settle(seconds: float = 20.0) -> None:
    """Wait for what is on its way, and store what came of it: for a process that ends, and for tests."""
    _lanes.wait(seconds)
    _land(clock.now())
