"""What an adapter is, and which one carries which channel."""

from typing import Protocol

from django.conf import settings

from kuangan.core.models import Channel, Delivery
from kuangan.core.notify.file import FileAdapter
from kuangan.core.notify.http_gateway import HttpGateway
from kuangan.core.notify.outcome import Failed, Sent
from kuangan.core.notify.screen import ScreenAdapter


class Adapter(Protocol):
    """Carries one message. Never raises for what the network or the gateway does: that is a `Failed`."""

    def send(self, delivery: Delivery) -> Sent | Failed:
        """Send it. Called again with the same delivery after a crash, so sending must be idempotent by `delivery.pk`."""
        ...


def adapter_for(channel: Channel) -> Adapter:
    """The screen shows its messages itself; SMS and phone go to the gateway that is set, else (development) to a file."""
    if channel is Channel.screen:
        return ScreenAdapter()
    if not settings.KUANGAN_GATEWAY_URL:
        return FileAdapter(settings.DATA.root / "messages.jsonl")
    return HttpGateway(
        url=settings.KUANGAN_GATEWAY_URL,
        token=settings.KUANGAN_GATEWAY_TOKEN,
        timeout_s=settings.KUANGAN_GATEWAY_TIMEOUT_S,
    )
