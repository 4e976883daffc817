"""What came of a message, as its row keeps it; and whom it is said to when it did not arrive."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.models import Channel, Delivery, DeliveryStatus
from kuangan.core.notify.channel import FAILURES, Route
from kuangan.core.notify.lanes import Flight
from kuangan.core.notify.outcome import Arrived, Failed, Sent

MAX_ATTEMPTS = 6
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(minutes=10)
LIMITED_RETRY: Final = timedelta(seconds=61)
"""Where the other side counts messages by the minute, a second try falls into another minute."""
LONGEST_ERROR: Final = 300
TROUBLE: Final = "message_failed"


def take_up(flight: Flight, route: Route | None, at: datetime) -> None:
    """Store the outcome of a call that was on its way."""
    delivery = Delivery.objects.select_related("notice").filter(pk=flight.delivery_id).first()
    if delivery is None or flight.outcome is None:
        return
    if flight.receipt:
        _store_receipt(delivery, flight.outcome, at)
    elif isinstance(flight.outcome, Sent | Failed):
        store(delivery, flight.outcome, at, route)


@transaction.atomic
def store(delivery: Delivery, outcome: Sent | Failed, at: datetime, route: Route | None) -> None:
    """Keep the outcome, unless the message was dropped while it was on its way."""
    waiting = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.waiting)
    if isinstance(outcome, Sent):
        asks_at = at + route.receipt.first if route and route.receipt and outcome.reference else None
        if delivery.channel == Channel.todo:  # one that was dropped on its way lies in the app all the same
            waiting = Delivery.objects.filter(
                pk=delivery.pk, status__in=(DeliveryStatus.waiting, DeliveryStatus.dropped)
            )
            asks_at = at if delivery.notice and delivery.notice.over_at else None
        waiting.update(
            status=DeliveryStatus.sent,
            next_at=None,
            sent_at=at,
            reference=outcome.reference[:100],
            last_error="",
            asks_at=asks_at,
        )
        _worked(delivery, route, at)
        return
    error = outcome.error[:LONGEST_ERROR]
    if delivery.attempts >= MAX_ATTEMPTS or (outcome.final and not _has_another(delivery, route)):
        waiting.update(status=DeliveryStatus.failed, next_at=None, last_error=error)
        _say(delivery, route, error, at)
    else:
        waiting.update(next_at=at + _pause(delivery, route), last_error=error)
        _failed(delivery, route, error, at)


def _has_another(delivery: Delivery, route: Route | None) -> bool:
    """Whether another gateway of the channel was not asked yet."""
    return route is not None and delivery.gateway_id is None and delivery.attempts < route.beside


def _pause(delivery: Delivery, route: Route | None) -> timedelta:
    pause = retry_after(delivery.attempts)
    return max(pause, LIMITED_RETRY) if route is not None and route.per_minute else pause


def retry_after(attempts: int) -> timedelta:
    """The pause after this many failed attempts: it doubles each time up to the longest."""
    doubled: timedelta = FIRST_RETRY * 2 ** (attempts - 1)
    return min(doubled, LONGEST_RETRY)


def _store_receipt(delivery: Delivery, outcome: object, at: datetime) -> None:
    sent = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.sent)
    if delivery.channel == Channel.todo:
        _store_closing(delivery, outcome, at)
        return
    if isinstance(outcome, Arrived):
        sent.update(delivered_at=at, asks_at=None)
    elif isinstance(outcome, Failed):
        sent.update(status=DeliveryStatus.failed, asks_at=None, last_error=outcome.error[:LONGEST_ERROR])
        _say(delivery, None, outcome.error, at)


def _store_closing(delivery: Delivery, outcome: object, at: datetime) -> None:
    """An entry was closed, or why not: that is tried again, a final refusal is said at once."""
    entry = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.sent, closed_at=None)
    if isinstance(outcome, Arrived):
        entry.update(closed_at=at, asks_at=None, last_error="")
    elif isinstance(outcome, Failed):
        entry.update(last_error=f"待办未能关闭：{outcome.error}"[:LONGEST_ERROR])
        if outcome.final:
            entry.update(asks_at=None)
            _say(delivery, None, f"待办未能关闭：{outcome.error}", at)


def _key(delivery: Delivery, route: Route | None) -> str:
    return route.name if route else Channel(delivery.channel).label


def _worked(delivery: Delivery, route: Route | None, at: datetime) -> None:
    if route is None:
        return
    route.worked()
    if route.troubled:
        end_incident(kind=TROUBLE, key=_key(delivery, route), at=at)
        route.troubled = False


def _failed(delivery: Delivery, route: Route | None, error: str, at: datetime) -> None:
    """One try failed; the third on end of one gateway is said, before a message is given up."""
    if route is None:
        return
    route.failed(at)
    if route.failures == FAILURES:
        _say(delivery, route, error, at)


def _say(delivery: Delivery, route: Route | None, error: str, at: datetime) -> None:
    if delivery.test_number is not None:
        return
    channel = Channel(delivery.channel).label
    who = f"{delivery.receiver}" if delivery.receiver else "接收人"
    text = f"{channel}未能送达{who}：{error}　请核对“消息通道”的设置；未通知到的人员见“未通知到的人员”，请改用其他方式通知。"
    if route is not None:
        route.troubled = True
    raise_incident(kind=TROUBLE, key=_key(delivery, route), text=text, at=at)
