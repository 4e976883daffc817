"""The messages that carry a notice: whom to reach, by which number or address, through which channels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kuangan.core.models import (
    BESIDE_SMS,
    Channel,
    ContactAddress,
    Delivery,
    DeliveryStatus,
    Gateway,
    Notice,
    Person,
)
from kuangan.core.queries.roles import people_in_role, people_on_duty
from kuangan.core.wording import message_text


@dataclass(frozen=True)
class Receiver:
    """Whom a message goes to: a person, or a unit by its telephone."""

    name: str
    phone: str
    person: Person | None = None


def beside_sms() -> tuple[Gateway, ...]:
    """The gateways through which something goes out beside each text message."""
    return tuple(Gateway.objects.filter(enabled=True, channel__in=BESIDE_SMS).order_by("rank", "pk"))


def deliveries_of(
    notice: Notice, channels: Iterable[Channel], beside: Sequence[Gateway], at: datetime
) -> list[Delivery]:
    """The messages of a saved notice, not saved yet: one for each channel and address.

    A channel for which no number is known becomes a failed message that says so; what goes out beside a text message does not.
    """
    messages: list[Delivery] = []
    receivers: list[Receiver] | None = None
    for channel in channels:
        if channel in (Channel.screen, Channel.group_text):
            to = Receiver(notice.unit.name, notice.unit.code)
            messages.append(_delivery(notice, channel, to.phone, to, at))
            continue
        receivers = _receivers(notice, at) if receivers is None else receivers
        messages += [_delivery(notice, channel, to.phone, to, at) for to in receivers]
    return messages + _beside(notice, receivers or [], beside, at)


def _beside(notice: Notice, receivers: Sequence[Receiver], beside: Sequence[Gateway], at: datetime) -> list[Delivery]:
    messages = []
    for gateway in beside:
        if gateway.channel == Channel.group and gateway.unit_id == notice.unit_id and notice.person_id is None:
            to = Receiver(f"{notice.unit.name}工作群", "")
            messages.append(_delivery(notice, Channel.group, f"group:{gateway.pk}", to, at))
            messages[-1].gateway = gateway
    for channel in sorted({Channel(gateway.channel) for gateway in beside} - {Channel.group}):
        in_app = channel in (Channel.app, Channel.todo)
        own = _addresses(receivers, Channel.app if in_app else channel)
        for to in receivers:
            phone = to.phone if in_app else ""
            if to.person is not None and (address := own.get(to.person.pk, phone)):
                messages.append(_delivery(notice, channel, address, to, at))
    return messages


def _addresses(receivers: Sequence[Receiver], channel: Channel) -> dict[int, str]:
    people = [to.person.pk for to in receivers if to.person is not None]
    known = ContactAddress.objects.filter(person__in=people, channel=channel)
    return dict(known.values_list("person_id", "address")) if people else {}


def _delivery(notice: Notice, channel: Channel, address: str, to: Receiver, at: datetime) -> Delivery:
    made = Delivery(
        notice=notice,
        channel=channel,
        address=address,
        receiver=to.name,
        person=to.person,
        text=message_text(notice, channel),
        next_at=at,
    )
    if not address:
        made.status, made.next_at = DeliveryStatus.failed, None
        made.last_error = f"{to.name}未登记电话，无法{channel.label}通知；请补登后改用其他方式联系。"
    return made


def _receivers(notice: Notice, at: datetime) -> list[Receiver]:
    """Those to reach, each number once: the person, else those of the role (on shift first), else the unit's duty phone."""
    if notice.person is not None:
        people: Sequence[Person] = (notice.person,)
    elif notice.role:
        people = people_on_duty(notice.unit, at, notice.role) or people_in_role(notice.unit, notice.role, at)
    else:
        people = ()
    if not people:
        return [Receiver(notice.unit.name, notice.unit.phone)]
    once: dict[str, Receiver] = {}
    for person in people:
        once.setdefault(person.phone or f"?{person.name}", Receiver(person.name, person.phone, person))
    return list(once.values())
