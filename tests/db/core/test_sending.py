"""Messages on their way through gateways that were set up: neighbours, limits, another way, tests, and who was reached."""

from datetime import time as clock_time
from datetime import timedelta

import pytest

from kuangan.core import actions
from kuangan.core.actions.sending.gateways import send_test, set_contact, set_quiet_hours, set_up_gateway
from kuangan.core.errors import Refused
from kuangan.core.models import Channel, Delivery, DeliveryStatus, Event, Gateway, Incident, User
from kuangan.core.notify import ask_receipts, deliver_due
from kuangan.core.notify.gateways.secrets import secrets_of
from kuangan.core.notify.lanes import AT_ONCE
from kuangan.core.queries.reaching import messages_of, notices_in_sight, unreached
from kuangan.law.role import Role
from tests.db.core.test_notices import AT, send
from tests.db.core.world import holder, person_of
from tests.servers import Service, answers, hangs, running, until

OK = {"errcode": 0, "errmsg": "ok"}
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def quick(settings):
    settings.KUANGAN_GATEWAY_TIMEOUT_S = 0.5


@pytest.fixture
def service():
    with running(Service()) as server:
        server.behaves["/good"] = [answers({"code": 0, "id": "S-1"})]
        yield server


def operator(world):
    """The system administrator, made when first asked for."""
    known = User.objects.filter(person__name="系统丁").first()
    return known or holder(world.bureau, "系统丁", "系统管理员", Role.operator)[0]


def sms(world, service, path, *, name="短信一", rank=1, channel="sms", **more):
    given = {
        "actor": operator(world),
        "gateway": None,
        "kind": "json_gateway",
        "name": name,
        "channel": channel,
        "unit": None,
        "rank": rank,
        "enabled": True,
        "settings": {"url": f"{service.url}{path}", "site": "https://kuangan.example"},
        "secrets": {"token": "very-secret"},
        "at": AT,
    }
    return set_up_gateway(**(given | more))


def robot(world, service, *, path="", **more):
    return sms(
        world,
        service,
        path,
        **{"name": "值班群", "kind": "wecom_robot", "channel": "group", "unit": world.bureau}
        | {"settings": {"host": service.url, "site": "https://kuangan.example"}, "secrets": {"key": "robot-key"}}
        | more,
    )


def told(world, **more):
    return send(world, **({"role": Role.mine_dispatcher, "channels": ("sms",)} | more))


def test_a_message_goes_out_through_the_gateway_that_was_set_up(world, service):
    made = sms(world, service, "/good")
    message = told(world).deliveries.get()
    assert deliver_due(AT, patience_s=5) == 1
    message.refresh_from_db()
    assert (message.status, message.reference, message.carried_by) == (DeliveryStatus.sent, "S-1", made)
    [asked] = service.seen
    assert asked.headers["Authorization"] == "Bearer very-secret"
    assert asked.json["content"] == message.text


def test_a_secret_is_in_no_table_and_no_record(world, service, data_folder):
    made = sms(world, service, "/good")
    assert secrets_of(made.pk) == {"token": "very-secret"}
    path = data_folder / "keys" / "gateways" / f"{made.pk}.json"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = str(list(Gateway.objects.values())) + str(list(Event.objects.values_list("data", flat=True)))
    assert "very-secret" not in kept
    sms(world, service, "/good", gateway=made, secrets={"token": ""})
    assert secrets_of(made.pk) == {"token": "very-secret"}


def test_a_gateway_that_hangs_keeps_nobody_but_itself(world, service, settings):
    settings.KUANGAN_GATEWAY_TIMEOUT_S = 30
    service.behaves["/hangs"] = [hangs]
    sms(world, service, "/hangs", name="电话", channel="phone")
    sms(world, service, "/good")
    for number in range(10):
        told(world, title=f"超限{number}", channels=("phone", "sms"))
    sent = Delivery.objects.filter(channel="sms", status=DeliveryStatus.sent)

    def all_sent():
        deliver_due(AT)
        return sent.count() == 10

    assert until(all_sent, 15)
    calls = Delivery.objects.filter(channel="phone")
    assert (calls.filter(attempts=1).count(), calls.filter(status=DeliveryStatus.waiting).count()) == (AT_ONCE, 10)


def test_a_gateway_that_refuses_is_followed_by_the_next_and_then_it_is_said(world, service):
    service.behaves["/no"] = [answers({"code": 7, "message": "余额不足"})]
    sms(world, service, "/no")
    second = sms(world, service, "/good", name="短信二", rank=2)
    message = told(world).deliveries.get()
    deliver_due(AT, patience_s=5)
    message.refresh_from_db()
    assert (message.status, message.last_error) == (DeliveryStatus.waiting, "网关拒绝（7）：余额不足")
    deliver_due(message.next_at, patience_s=5)
    message.refresh_from_db()
    assert (message.status, message.carried_by) == (DeliveryStatus.sent, second)


def test_what_cannot_be_delivered_is_said_once_and_ends_when_it_works_again(world, service):
    service.behaves["/no"] = [answers({"code": 7, "message": "余额不足"}), answers({"code": 0})]
    sms(world, service, "/no")
    message = told(world).deliveries.get()
    deliver_due(AT, patience_s=5)
    message.refresh_from_db()
    assert message.status == DeliveryStatus.failed
    incident = Incident.objects.get(kind="message_failed", ended_at=None)
    assert incident.key == "短信一"
    assert "余额不足" in incident.text
    assert "very-secret" not in incident.text
    for reader in (world.head, world.dispatcher):
        assert [row.receiver for row in unreached(reader, AT)] == ["调度丙"]
    told(world, title="又一处")
    deliver_due(AT + SECOND, patience_s=5)
    assert not Incident.objects.filter(kind="message_failed", ended_at=None).exists()


def test_a_silent_gateway_is_said_at_the_third_failure_before_a_message_is_given_up(world, service):
    service.behaves["/down"] = [answers(b"", 503)]
    sms(world, service, "/down")
    message = told(world).deliveries.get()
    at = AT
    for _ in range(3):
        assert not Incident.objects.filter(kind="message_failed").exists()
        deliver_due(at, patience_s=5)
        message.refresh_from_db()
        at = message.next_at
    assert message.status == DeliveryStatus.waiting
    assert Incident.objects.filter(kind="message_failed", ended_at=None).exists()


def test_a_robot_is_asked_twenty_times_a_minute_at_the_most(world, service):
    service.behaves[""] = [answers(OK)]
    robot(world, service)
    sms(world, service, "/good")
    for number in range(22):
        told(world, title=f"超限{number}", unit=world.bureau, role=Role.bureau_head, level="red")
    for _ in range(8):
        deliver_due(AT, patience_s=2)
    sent = Delivery.objects.filter(channel="group", status=DeliveryStatus.sent)
    assert sent.count() == 20
    assert Delivery.objects.filter(channel="sms", status=DeliveryStatus.sent).count() == 22
    for second in (59, 60):
        for _ in range(3):
            deliver_due(AT + second * SECOND, patience_s=2)
        assert sent.count() == (20 if second < 60 else 22)


def test_what_goes_to_a_group_an_app_or_a_mailbox_holds_no_content(world, service):
    service.behaves[""] = [answers(OK)]
    robot(world, service)
    sms(world, service, "/good")
    secret = "拟责令甲一煤矿停产"
    notice = told(world, unit=world.bureau, role=Role.bureau_head, kind="case", title=secret, body=f"{secret}整顿")
    deliver_due(AT, patience_s=5)
    assert {row.channel for row in notice.deliveries.all()} == {"sms", "group"}
    bodies = "".join(asked.body.decode() for asked in service.seen)
    assert len(service.seen) == 2
    assert secret not in bodies
    assert "甲一" not in bodies
    assert f"第{notice.pk}号通知" in bodies
    assert f"https://kuangan.example/notices/{notice.pk}/" in bodies


def test_a_mine_and_an_alarm_are_spelled_out_in_a_text_message(world):
    assert "瓦斯超限" in told(world).deliveries.get().text
    assert "瓦斯超限" in told(world, unit=world.bureau, role=Role.bureau_head).deliveries.get().text
    assert "复查" in told(world, kind="case", title="请准备复查").deliveries.get().text


def test_beside_a_text_message_an_app_and_a_mail_go_to_whom_they_reach(world, service):
    common = {"kind": "wecom_app", "channel": "app", "settings": {"host": service.url, "corp": "c", "agent": 1}}
    sms(world, service, "", name="工作消息", **common, secrets={"secret": "s"})
    mail = {"kind": "mail_server", "channel": "email", "settings": {}, "secrets": {}}
    sms(world, service, "", name="邮件", **mail)
    reached = person_of(world.dispatcher)
    assert {row.channel for row in told(world).deliveries.all()} == {"sms", "app"}
    set_contact(actor=world.dispatcher, person=reached, channel=Channel.email, address="bing@mine.example")
    rows = told(world).deliveries.order_by("channel").values_list("channel", "address", "person")
    assert list(rows) == [
        ("app", "13900000003", reached.pk),
        ("email", "bing@mine.example", reached.pk),
        ("sms", "13900000003", reached.pk),
    ]
    with pytest.raises(Refused, match="不是电子邮件地址"):
        set_contact(actor=world.dispatcher, person=reached, channel=Channel.email, address="bing")
    with pytest.raises(Refused, match="本人"):
        set_contact(actor=world.head, person=reached, channel=Channel.email, address="x@y.example")


@pytest.mark.parametrize(
    ("level", "hour", "quiet"), [("yellow", 23, True), ("yellow", 7, False), ("yellow", 22, True), ("red", 23, False)]
)
def test_quiet_hours_hold_what_can_wait_and_never_red(world, level, hour, quiet):
    person = person_of(world.dispatcher)
    set_quiet_hours(actor=world.dispatcher, person=person, begins=clock_time(22), ends=clock_time(7))
    at = AT.replace(hour=(hour - 8) % 24, minute=0, second=0, microsecond=0)
    message = told(world, level=level, at=at).deliveries.get()
    assert deliver_due(at) == 1
    message.refresh_from_db()
    if quiet:
        wakes = at.replace(hour=23) if hour >= 22 else at
        assert (message.status, message.next_at) == (DeliveryStatus.waiting, wakes)
        deliver_due(wakes - SECOND)
        message.refresh_from_db()
        assert message.status == DeliveryStatus.waiting
        deliver_due(wakes)
        message.refresh_from_db()
    assert message.status == DeliveryStatus.sent


def test_who_is_on_shift_has_no_quiet_hours(world):
    person = person_of(world.dispatcher)
    set_quiet_hours(actor=operator(world), role=Role.mine_dispatcher, begins=clock_time(0), ends=clock_time(12))
    roster = actions.roster_person(actor=None, unit=world.mine, person=person, on=AT.date(), shift="early")
    message = told(world, level="blue", at=roster.starts_at).deliveries.get()
    deliver_due(roster.starts_at)
    message.refresh_from_db()
    assert message.status == DeliveryStatus.sent


@pytest.mark.parametrize(("begins", "ends", "allowed"), [(20, 8, True), (20, 9, False), (8, 8, False)])
def test_quiet_hours_are_no_longer_than_twelve_hours(world, begins, ends, allowed):
    given = {"person": person_of(world.head), "begins": clock_time(begins), "ends": clock_time(ends)}
    if allowed:
        set_quiet_hours(actor=world.head, **given)
        return
    with pytest.raises(Refused, match="不超过12小时"):
        set_quiet_hours(actor=world.head, **given)


def test_a_test_is_a_real_message_with_a_number_also_before_the_gateway_is_enabled(world, service):
    made = sms(world, service, "/good", enabled=False)
    numbers = [send_test(actor=operator(world), gateway=made, to="13911112222", at=AT) for _ in range(2)]
    assert [sent.test_number for sent in numbers] == [1, 2]
    deliver_due(AT, patience_s=5)
    numbers[1].refresh_from_db()
    assert (numbers[1].status, numbers[1].reference) == (DeliveryStatus.sent, "S-1")
    assert "第2号测试消息" in service.seen[-1].json["content"] or "第2号测试消息" in service.seen[0].json["content"]
    for _ in range(3):
        send_test(actor=operator(world), gateway=made, to="13911112222", at=AT)
    deliver_due(AT, patience_s=5)
    with pytest.raises(Refused, match="稍候"):
        send_test(actor=operator(world), gateway=made, to="13911112222", at=AT + SECOND)
    with pytest.raises(Refused, match="请填写"):
        send_test(actor=operator(world), gateway=made, to=" ", at=AT + timedelta(minutes=2))
    with pytest.raises(Refused, match="系统管理员"):
        send_test(actor=world.head, gateway=made, to="13911112222", at=AT)


def test_a_message_to_a_gateway_that_was_switched_off_says_so(world, service):
    made = robot(world, service)
    notice = told(world, unit=world.bureau, role=Role.bureau_head)
    robot(world, service, gateway=made, enabled=False)
    deliver_due(AT, patience_s=5)
    group = notice.deliveries.get(channel="group")
    assert (group.status, "已停用" in group.last_error) == (DeliveryStatus.failed, True)


def test_a_gateway_that_says_later_that_it_arrived_is_believed(world, service):
    service.behaves |= {
        "/gettoken": [answers(OK | {"access_token": "t", "expires_in": 7200})],
        "/topapi/v2/user/getbymobile": [answers(OK | {"result": {"userid": "u"}})],
        "/topapi/message/corpconversation/asyncsend_v2": [answers(OK | {"task_id": 5})],
        "/topapi/message/corpconversation/getsendresult": [
            answers(OK | {"send_result": {}}),
            answers(OK | {"send_result": {"unread_user_id_list": ["u"]}}),
        ],
    }
    given = {"host": service.url, "app": "a", "agent": 1}
    sms(world, service, "", name="钉钉", kind="dingtalk_app", channel="app", settings=given, secrets={"secret": "s"})
    message = told(world).deliveries.get(channel="app")
    deliver_due(AT, patience_s=5)
    message.refresh_from_db()
    assert (message.status, message.asks_at) == (DeliveryStatus.sent, AT + 20 * SECOND)
    assert ask_receipts(AT + 19 * SECOND) == 0
    for seconds in (20, 80):
        assert ask_receipts(AT + seconds * SECOND) == 1
        deliver_due(AT + seconds * SECOND, patience_s=5)
    message.refresh_from_db()
    assert (message.delivered_at, message.asks_at) == (AT + 80 * SECOND, None)


def test_what_another_office_is_told_is_not_in_sight(world):
    to_head = told(world, unit=world.bureau, role=Role.bureau_head, kind="case", title="拟停产")
    to_mine = told(world)
    assert set(notices_in_sight(world.head)) == {to_head, to_mine}
    assert set(notices_in_sight(world.dispatcher)) == {to_mine}
    assert not messages_of(world.dispatcher, to_head).exists()


def test_whom_a_call_or_another_message_reaches_is_not_among_the_unreached(world, service):
    service.behaves["/no"] = [answers({"code": 7})]
    sms(world, service, "/no")
    sms(world, service, "/good", name="电话", channel="phone")
    told(world, channels=("sms", "phone"))
    deliver_due(AT, patience_s=5)
    deliver_due(AT, patience_s=5)
    assert Delivery.objects.filter(status=DeliveryStatus.failed).count() == 1
    assert not unreached(world.dispatcher, AT).exists()
    told(world, title="又一处", channels=("sms",))
    deliver_due(AT + SECOND, patience_s=5)
    assert unreached(world.dispatcher, AT + timedelta(hours=24)).count() == 1
    assert not unreached(world.dispatcher, AT + timedelta(hours=24, seconds=1)).exists()
