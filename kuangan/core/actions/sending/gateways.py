"""Setting up ways for messages, testing them, and what a person says about being reached."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from kuangan.base import clock
from kuangan.base.text import clean_line
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import Channel, ContactAddress, Delivery, Gateway, Person, QuietHours, Unit, User
from kuangan.core.notify.gateways.kinds_at_hand import gateway_kind
from kuangan.core.notify.gateways.secrets import keep_secrets
from kuangan.core.queries.roles import holds
from kuangan.core.wording import test_text
from kuangan.law.local import local_span
from kuangan.law.role import Role

TESTS_A_MINUTE: Final = 5


def _require_operator(actor: User) -> None:
    if holds(actor, Role.operator) is None:
        raise Refused("消息通道由系统管理员设置，请联系系统管理员。")


@transaction.atomic
def set_up_gateway(
    *,
    actor: User,
    gateway: Gateway | None,
    kind: str,
    name: str,
    channel: Channel | str,
    unit: Unit | None,
    rank: int,
    enabled: bool,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    at: datetime | None = None,
) -> Gateway:
    """Set up a gateway, or change one. Secrets go into their file; those not given stay as they are.

    Refused for an unknown kind, a channel that it does not carry, a robot without a unit, a name that is taken.
    """
    _require_operator(actor)
    _require_fitting(kind, channel, unit)
    moment, name = at or clock.now(), clean_line(name)
    made = gateway or Gateway(kind=kind)
    made.name, made.channel, made.unit = name, Channel(channel), unit if channel == Channel.group else None
    made.rank, made.enabled, made.settings, made.changed_at = rank, enabled, dict(settings), moment
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as taken:
        raise Refused(f"已有名称为“{name}”的消息通道，请换一个名称。") from taken
    given = {key: value for key, value in secrets.items() if value}
    content = {"name": name, "kind": kind, "channel": made.channel, "enabled": enabled, "rank": rank}
    content |= {"settings": sorted(settings), "secrets": sorted(given), "unit": unit.code if unit else ""}
    record(actor=actor, action="gateway_set", subject=made, data=content, at=moment)
    if given:
        keep_secrets(made.pk, given)
    return made


def _require_fitting(kind: str, channel: Channel | str, unit: Unit | None) -> None:
    described = gateway_kind(kind)
    if described is None:
        raise Refused(f"没有类型为“{kind}”的消息通道，请刷新页面后重新选择。")
    if channel not in described.channels:
        raise Refused(f"“{described.label}”不能用于{Channel(channel).label}，请改选方式。")
    if channel == Channel.group and unit is None:
        raise Refused("请选择工作群所属单位：发给该单位的通知才会发到这个群。")


@transaction.atomic
def send_test(*, actor: User, gateway: Gateway, to: str, at: datetime | None = None) -> Delivery:
    """Send a real message with a number through a gateway, whether it is enabled or not. Refused without an address."""
    _require_operator(actor)
    moment, address = at or clock.now(), clean_line(to)
    if gateway.channel == Channel.group:
        address = f"group:{gateway.pk}"
    if not address or len(address) > 120:
        raise Refused("请填写接收测试消息的手机号码、邮件地址或用户标识（不超过120字）。")
    Gateway.objects.select_for_update().get(pk=gateway.pk)
    tests = Delivery.objects.filter(gateway=gateway, test_number__isnull=False)
    if tests.filter(tried_at__gt=moment - timedelta(minutes=1)).count() >= TESTS_A_MINUTE:
        raise Refused(f"一分钟内已测试{TESTS_A_MINUTE}次，请稍候再试。")
    number = (tests.aggregate(last=Max("test_number"))["last"] or 0) + 1
    delivery = Delivery.objects.create(
        channel=gateway.channel,
        gateway=gateway,
        address=address,
        receiver=actor.display_name,
        text=test_text(number),
        test_number=number,
        next_at=moment,
    )
    data = {"name": gateway.name, "number": number}
    record(actor=actor, action="gateway_tested", subject=gateway, data=data, at=moment)
    return delivery


@transaction.atomic
def set_contact(*, actor: User, person: Person, channel: Channel, address: str, at: datetime | None = None) -> None:
    """Note where a person is reached: by himself, or by the system administrator; an empty address takes it back."""
    _require_own(actor, person)
    address = clean_line(address)
    if channel == Channel.email and address and not _is_mail(address):
        raise Refused(f"“{address}”不是电子邮件地址，请按“名称@单位域名”填写。")
    if address:
        ContactAddress.objects.update_or_create(person=person, channel=channel, defaults={"address": address})
    else:
        ContactAddress.objects.filter(person=person, channel=channel).delete()
    data = {"channel": channel.value, "given": bool(address)}
    record(actor=actor, action="contact_set", subject=person, data=data, at=at)


def _require_own(actor: User, person: Person) -> None:
    if actor.person_id != person.pk and holds(actor, Role.operator) is None:
        raise Refused("只能设置本人的接收方式；他人的接收方式由系统管理员设置。")


def _is_mail(address: str) -> bool:
    name, at, domain = address.rpartition("@")
    return bool(name and at and "." in domain) and not any(sign in address for sign in " ,;<>\"'")


@transaction.atomic
def set_quiet_hours(
    *,
    actor: User,
    person: Person | None = None,
    role: Role | None = None,
    begins: time | None,
    ends: time | None,
    at: datetime | None = None,
) -> None:
    """Hours without messages that can wait, of a person or of all who hold a role; none given takes them back.

    Refused for more hours than the local value allows, and for another's hours, which the system administrator sets.
    """
    if person is not None:
        _require_own(actor, person)
    else:
        _require_operator(actor)
    moment = at or clock.now()
    whose: dict[str, Any] = {"person": person, "role": role.value if role else ""}
    if begins is None or ends is None:
        QuietHours.objects.filter(**whose).delete()
    else:
        longest = local_span("sending.quiet_longest", clock.civil_date(moment)).length
        if not timedelta(0) < _length(begins, ends) <= longest:
            hours = int(longest.total_seconds() // 3600)
            raise Refused(f"免打扰时段须大于0、不超过{hours}小时，请调整开始和结束时间。")
        QuietHours.objects.update_or_create(**whose, defaults={"begins": begins, "ends": ends})
    data = {"role": whose["role"], "begins": str(begins or ""), "ends": str(ends or "")}
    record(actor=actor, action="quiet_hours_set", subject=person or actor, data=data, at=moment)


def _length(begins: time, ends: time) -> timedelta:
    minutes = (ends.hour * 60 + ends.minute) - (begins.hour * 60 + begins.minute)
    return timedelta(minutes=minutes if minutes > 0 else minutes + 24 * 60 if minutes < 0 else 0)
