"""Which way carries a message: those that were set up, in their order; else the gateway of the environment, or a file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.conf import settings

from kuangan.core.models import Channel, Delivery, Gateway
from kuangan.core.notify.file import FileAdapter
from kuangan.core.notify.gateways import GatewayKind, Message, gateway_kind
from kuangan.core.notify.gateways.mail import MailGateway
from kuangan.core.notify.gateways.secrets import secrets_of, version_of
from kuangan.core.notify.gateways.template import TemplateGateway
from kuangan.core.notify.lanes import Lanes
from kuangan.core.notify.outcome import Failed, Sent
from kuangan.core.notify.screen import ScreenAdapter
from kuangan.core.wording import message_title

SITE: Final = "site"
"""The setting that every gateway has: where people open the platform."""
DOWN: Final = timedelta(minutes=1)
"""How long a gateway that failed three times on end comes after the others."""
FAILURES: Final = 3


class Adapter(Protocol):
    """Carries one message at once, without a network. Never raises for what goes wrong outside: that is a `Failed`."""

    def send(self, delivery: Delivery) -> Sent | Failed:
        """Send it. Called again with the same delivery after a crash, so sending must be idempotent by `delivery.pk`."""
        ...


@dataclass(frozen=True)
class Receipts:
    """When a gateway is asked whether a message arrived: after how long first, and how often then."""

    first: timedelta
    pause: timedelta


@dataclass
class Route:
    """A gateway ready to carry, with how it did lately. ``key`` 0: that of the environment."""

    key: int
    name: str
    per_minute: int
    site: str
    gateway: TemplateGateway | MailGateway
    receipt: "Receipts | None" = None
    beside: int = 1
    """How many gateways carry the channel."""
    failures: int = 0
    down_until: datetime | None = None
    troubled: bool = True
    """Whether an incident about it may be open; at the start of a process nobody knows."""

    def begin_asking(self, lanes: Lanes, message: Message, reference: str) -> None:
        """Ask whether a message arrived."""
        gateway = self.gateway
        if isinstance(gateway, TemplateGateway):
            lanes.start(self.key, message.id, lambda: gateway.ask(message, reference), receipt=True)

    def begin_closing(self, lanes: Lanes, message: Message, reference: str) -> None:
        """Close an entry in a work app."""
        gateway = self.gateway
        if isinstance(gateway, TemplateGateway):
            lanes.start(self.key, message.id, lambda: gateway.close(message, reference), receipt=True)

    def failed(self, at: datetime) -> None:
        self.failures += 1
        if self.failures >= FAILURES:
            self.down_until = at + DOWN

    def worked(self) -> None:
        self.failures, self.down_until = 0, None

    def is_down(self, at: datetime) -> bool:
        return self.down_until is not None and at < self.down_until <= at + DOWN


def inline_adapter(channel: Channel) -> Adapter:
    """The screen shows its messages itself; where no gateway is set (development) a file takes the others."""
    return ScreenAdapter() if channel is Channel.screen else FileAdapter(settings.DATA.root / "messages.jsonl")


class Routes:
    """The gateways that are set up, read anew in every round; what each has kept and how it did stays."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[tuple[object, ...], Route]] = {}
        self._by_channel: dict[str, list[Route]] = {}

    def read(self) -> None:
        """Take up what is set up now; nothing in a practice city, from which no message leaves."""
        self._by_channel = {}
        if settings.PRACTICE:
            return
        for gateway in Gateway.objects.filter(enabled=True).order_by("rank", "pk"):
            if (route := self._route(gateway)) is not None:
                self._by_channel.setdefault(gateway.channel, []).append(route)
        for routes in self._by_channel.values():
            for route in routes:
                route.beside = len(routes)
        for channel in (Channel.sms, Channel.phone):
            if channel not in self._by_channel and (route := self._of_environment()) is not None:
                self._by_channel[channel] = [route]

    def of(self, channel: str) -> list[Route]:
        """Those that carry a channel, in their order."""
        return self._by_channel.get(channel, [])

    def pinned(self, gateway: Gateway) -> Route | None:
        """The one way that may carry a message; None where its file is gone, and in a practice city."""
        return None if settings.PRACTICE else self._route(gateway)

    def known(self, key: int) -> Route | None:
        """A route that was made before."""
        return self._made[key][1] if key in self._made else None

    def chosen(self, channel: str, attempts: int, at: datetime) -> Route | None:
        """The next to try: each in turn, those that are down after the others."""
        routes = self.of(channel)
        working = [route for route in routes if not route.is_down(at)] or routes
        return working[attempts % len(working)] if working else None

    def _route(self, gateway: Gateway) -> Route | None:
        kind = gateway_kind(gateway.kind)
        if kind is None:
            return None
        version = (kind, gateway.changed_at, version_of(gateway.pk))
        kept = self._made.get(gateway.pk)
        if kept is None or kept[0] != version:
            values = {**gateway.settings, **secrets_of(gateway.pk)}
            made = MailGateway if kind.mail else TemplateGateway
            carrier = made(kind, values, settings.KUANGAN_GATEWAY_TIMEOUT_S)
            site = str(gateway.settings.get(SITE, ""))
            kept = (version, Route(gateway.pk, gateway.name, kind.per_minute, site, carrier, _receipts(kind)))
            self._made[gateway.pk] = kept
        return kept[1]

    def _of_environment(self) -> Route | None:
        url, token = settings.KUANGAN_GATEWAY_URL, settings.KUANGAN_GATEWAY_TOKEN
        kind = gateway_kind("signed_gateway")
        if not url or kind is None:
            return None
        version = (kind, url, token, settings.KUANGAN_GATEWAY_TIMEOUT_S)
        kept = self._made.get(0)
        if kept is None or kept[0] != version:
            carrier = TemplateGateway(kind, {"url": url, "token": token}, settings.KUANGAN_GATEWAY_TIMEOUT_S)
            kept = (version, Route(0, "短信电话网关", 0, "", carrier))
            self._made[0] = kept
        return kept[1]


def _receipts(kind: GatewayKind) -> Receipts | None:
    if kind.receipt is None:
        return None
    first = timedelta(seconds=kind.receipt.after_s)
    return Receipts(first, 3 * first)


def message_of(delivery: Delivery, site: str) -> Message:
    """What a gateway is given of a message."""
    notice = delivery.notice
    base = site.rstrip("/")
    page = settings.KUANGAN_NOTICE_PAGE.format(notice.pk) if notice else "/"
    return Message(
        id=delivery.pk,
        channel=delivery.channel,
        to=delivery.address,
        receiver=delivery.receiver,
        title=message_title(delivery),
        text=delivery.text,
        level=notice.level if notice else "",
        link=f"{base}{page}" if base else "",
        site=base,
    )
