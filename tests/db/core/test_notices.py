import json
from datetime import timedelta

import pytest

from kuangan.core import actions, queries
from kuangan.core.errors import Refused
from kuangan.core.models import Delivery, DeliveryStatus
from kuangan.core.notify import deliver_due, group_text
from kuangan.core.notify.storing import FIRST_RETRY, LONGEST_RETRY, MAX_ATTEMPTS, retry_after
from kuangan.core.notify.sweep import LEASE
from kuangan.law.role import Role
from tests.db.core.test_roles import LEAVE_FROM, LEAVE_TO
from tests.db.core.world import START, person_of

AT = START + timedelta(days=1)


def send(world, **changes):
    told = {
        "actor": None,
        "unit": world.mine,
        "title": "甲一煤矿瓦斯超限",
        "body": "请立即停电撤人",
        "kind": "alarm",
        "level": "red",
        "at": AT,
    }
    return actions.send_notice(**(told | changes))


def test_each_channel_gets_one_message_per_number(world):
    send(world, role=Role.mine_dispatcher, channels=("screen", "sms", "phone"), due_at=AT + timedelta(minutes=10))
    rows = Delivery.objects.order_by("pk").values_list("channel", "address", "receiver", "status")
    assert list(rows) == [
        ("screen", "140423900001", "甲一煤矿", "waiting"),
        ("sms", "13900000003", "调度丙", "waiting"),
        ("phone", "13900000003", "调度丙", "waiting"),
    ]
    text = Delivery.objects.filter(channel="sms").get().text
    assert text == "【矿安平台】［红色］甲一煤矿瓦斯超限：请立即停电撤人。请于03月03日08:10前签收。"


def test_people_on_shift_are_told_before_all_who_have_the_role(world):
    on = AT.date()
    row = actions.roster_person(actor=None, unit=world.bureau, person=person_of(world.deputy), on=on, shift="early")
    notice = send(world, unit=world.bureau, role=Role.duty_officer, channels=("sms",), at=row.starts_at)
    assert [d.receiver for d in notice.deliveries.all()] == ["副局长乙"]


def test_a_role_nobody_holds_falls_to_the_units_phone_and_a_missing_number_is_visible(world):
    notice = send(world, unit=world.bureau, role=Role.legal_reviewer, channels=("phone",))
    assert [d.address for d in notice.deliveries.all()] == ["0355-100"]
    silent = send(world, role=Role.mine_leader, channels=("phone",)).deliveries.get()
    assert (silent.status, silent.next_at) == (DeliveryStatus.failed, None)
    assert "未登记电话" in silent.last_error


def test_only_the_addressed_may_sign_and_only_once(world):
    notice = send(world, role=Role.mine_dispatcher, channels=("sms",))
    with pytest.raises(Refused, match="不是发给您"):
        actions.sign_for_notice(actor=world.head, notice=notice, at=AT)
    signed = actions.sign_for_notice(actor=world.dispatcher, notice=notice, at=AT + timedelta(minutes=3))
    assert (signed.received_by, signed.received_at) == (world.dispatcher, AT + timedelta(minutes=3))
    assert notice.deliveries.get().status == DeliveryStatus.dropped
    with pytest.raises(Refused, match="已由调度丙签收"):
        actions.sign_for_notice(actor=world.dispatcher, notice=notice, at=AT + timedelta(minutes=4))
    assert [event.action for event in queries.events_of(notice)] == ["notice_sent", "notice_received"]


def test_a_deputy_signs_for_the_absent_and_it_is_recorded(world):
    actions.set_absence(actor=None, post=world.head_post, from_at=LEAVE_FROM, to_at=LEAVE_TO, reason="休假")
    notice = send(world, unit=world.bureau, role=Role.bureau_head, at=LEAVE_FROM)
    with pytest.raises(Refused):
        actions.sign_for_notice(actor=world.head, notice=notice, at=LEAVE_FROM)
    actions.sign_for_notice(actor=world.deputy, notice=notice, at=LEAVE_FROM)
    assert queries.events_of(notice).last().acting_for == world.head_post


def test_a_personal_notice_is_signed_by_that_person_alone(world):
    notice = send(world, unit=world.bureau, person=person_of(world.head))
    with pytest.raises(Refused):
        actions.sign_for_notice(actor=world.deputy, notice=notice, at=AT)
    assert list(queries.notices_for(world.head, AT)) == [notice]
    assert list(queries.notices_for(world.deputy, AT)) == []


def test_due_messages_go_out_and_later_ones_wait(world, data_folder):
    send(world, role=Role.mine_dispatcher, channels=("screen", "sms"))
    later = AT + timedelta(seconds=1)
    send(world, role=Role.mine_dispatcher, channels=("sms",), title="甲一煤矿又一处超限", at=later)
    assert deliver_due(AT) == 2
    lines = [json.loads(line) for line in (data_folder / "messages.jsonl").read_text().splitlines()]
    assert [(line["channel"], line["to"]) for line in lines] == [("sms", "13900000003")]
    assert deliver_due(AT) == 0
    assert deliver_due(AT + timedelta(seconds=1)) == 1
    assert set(Delivery.objects.values_list("status", flat=True)) == {DeliveryStatus.sent}


def test_failed_sending_is_tried_again_ever_later_and_then_given_up(world, data_folder):
    (data_folder / "messages.jsonl").mkdir()
    delivery = send(world, role=Role.mine_dispatcher, channels=("sms",)).deliveries.get()
    at, pauses = AT, []
    for _ in range(MAX_ATTEMPTS - 1):
        assert deliver_due(at) == 1
        delivery.refresh_from_db()
        assert delivery.next_at is not None
        pauses.append(delivery.next_at - at)
        assert deliver_due(delivery.next_at - timedelta(microseconds=1)) == 0
        at = delivery.next_at
    assert pauses == [FIRST_RETRY * factor for factor in (1, 2, 4, 8, 16)]
    assert deliver_due(at) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.next_at) == (DeliveryStatus.failed, MAX_ATTEMPTS, None)
    assert "不能写入消息文件" in delivery.last_error


def test_a_retry_after_the_cause_is_gone_succeeds(world, data_folder):
    obstacle = data_folder / "messages.jsonl"
    obstacle.mkdir()
    delivery = send(world, role=Role.mine_dispatcher, channels=("sms",)).deliveries.get()
    deliver_due(AT)
    obstacle.rmdir()
    deliver_due(AT + FIRST_RETRY)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.last_error) == (DeliveryStatus.sent, 2, "")


def test_the_pause_stops_growing():
    assert retry_after(30) == LONGEST_RETRY


def test_a_message_whose_process_died_is_sent_after_its_lease(world, data_folder):
    delivery = send(world, role=Role.mine_dispatcher, channels=("sms",)).deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(next_at=AT + LEASE, attempts=1)
    assert deliver_due(AT + LEASE - timedelta(microseconds=1)) == 0
    assert deliver_due(AT + LEASE) == 1


def test_group_text_waits_for_a_person_to_paste_it(world, data_folder):
    notice = send(world, channels=("group_text",), due_at=AT + timedelta(minutes=10))
    assert deliver_due(AT) == 0
    assert group_text(notice).splitlines() == [
        "【矿安平台】［红色］甲一煤矿瓦斯超限",
        "接收：甲一煤矿",
        "请立即停电撤人",
        "发出时间：2026-03-03 08:00",
        "签收期限：2026-03-03 08:10",
        "请登录平台签收，群内回复不作为签收。",
    ]
    pasted = actions.confirm_pasted(actor=world.head, delivery=notice.deliveries.get(), at=AT)
    assert pasted.status == DeliveryStatus.sent
    with pytest.raises(Refused, match="无需再次登记"):
        actions.confirm_pasted(actor=world.head, delivery=pasted, at=AT)
