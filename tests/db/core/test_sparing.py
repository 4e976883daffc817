"""What one person gets in a storm: every red alarm, so many texts an hour, one summary, nothing twice."""

import json
from datetime import timedelta

import pytest

from kuangan.core import actions
from kuangan.core.models import Delivery, DeliveryStatus, Person
from kuangan.core.notify import deliver_due
from kuangan.core.notify.sparing import GATHER, HOUR
from kuangan.core.subject import about
from kuangan.law.local import local
from kuangan.law.role import Role
from tests.db.core.world import START

AT = START + timedelta(days=1)
MOST = int(local("sending.sms_per_hour", AT.date()).value)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def sent(data_folder):
    """The texts that have left, in order."""

    def texts() -> list[str]:
        place = data_folder / "messages.jsonl"
        return [json.loads(line)["text"] for line in place.read_text().splitlines()] if place.exists() else []

    return texts


def send(world, number, *, level="orange", at=AT, **more):
    told = {"actor": None, "unit": world.mine, "title": f"第{number}件", "body": "请办理", "kind": "case"}
    told |= {"level": level, "subject": about("case", number), "role": Role.mine_dispatcher, "channels": ("sms",)}
    return actions.send_notice(**(told | {"at": at} | more))


def deliver(at=AT, rounds=4):
    for _ in range(rounds):
        deliver_due(at)


@pytest.mark.parametrize(("number", "merged"), [(MOST, 0), (MOST + 1, 1), (MOST + 200, 200)])
def test_a_storm_is_so_many_texts_and_one_summary(world, sent, number, merged):
    for each in range(number):
        send(world, each)
    deliver(rounds=6)
    assert len(sent()) == MOST
    assert Delivery.objects.filter(status=DeliveryStatus.merged).count() == merged
    deliver(AT + GATHER - INSTANT)
    assert len(sent()) == MOST
    deliver(AT + GATHER)
    summaries = sent()[MOST:]
    expected = (
        f"【矿安平台】发给您的通知较多，另有{merged}条未逐条发送短信（其中橙色{merged}条），请立即登录平台查看并签收。"
    )
    assert summaries == ([expected] if merged else [])
    deliver(AT + HOUR - INSTANT)
    assert len(sent()) == MOST + len(summaries)


def test_a_red_alarm_is_never_held_back(world, sent):
    for each in range(MOST + 5):
        send(world, each)
    for each in range(30):
        send(world, f"红{each}", level="red")
    deliver()
    assert sum("［红色］" in text for text in sent()) == 30


def test_a_red_alarm_waits_behind_no_storm(world, sent):
    for each in range(60):
        send(world, each)
    send(world, "红", level="red", at=AT + INSTANT)
    deliver_due(AT + INSTANT)
    assert "［红色］" in sent()[0]


def test_after_an_hour_single_texts_go_out_again(world, sent):
    for each in range(MOST + 1):
        send(world, each)
    deliver()
    deliver(AT + GATHER)
    send(world, "后来", at=AT + HOUR)
    deliver(AT + HOUR)
    assert "后来" in sent()[-1]


def test_there_is_one_summary_an_hour(world, sent):
    for each in range(MOST + 1):
        send(world, each)
    deliver()
    deliver(AT + GATHER)
    for each in range(3):
        send(world, f"再{each}", at=AT + 2 * GATHER)
    deliver(AT + 2 * GATHER)
    deliver(AT + GATHER + HOUR - INSTANT)
    assert len(sent()) == MOST + 1
    deliver(AT + GATHER + HOUR)
    assert "另有3条" in sent()[-1]


def test_a_summary_of_what_is_over_is_not_sent(world, sent):
    notices = [send(world, each) for each in range(MOST + 1)]
    deliver()
    held = Delivery.objects.get(status=DeliveryStatus.merged).notice
    assert held in notices
    actions.sign_for_notice(actor=world.dispatcher, notice=held, at=AT)
    deliver(AT + GATHER)
    assert len(sent()) == MOST
    assert Delivery.objects.get(summary=True).status == DeliveryStatus.dropped


def test_the_same_words_on_the_same_matter_come_once_within_the_hour(world, sent):
    send(world, 1)
    send(world, 1)
    deliver()
    send(world, 1, at=AT + HOUR - INSTANT)
    deliver(AT + HOUR - INSTANT)
    assert len(sent()) == 1
    send(world, 1, subject=about("case", 2), at=AT + HOUR - INSTANT)
    deliver(AT + HOUR - INSTANT)
    assert len(sent()) == 2, "of another case they are news"
    send(world, 1, at=AT + HOUR)
    deliver(AT + HOUR)
    assert len(sent()) == 3, "after an hour they are a reminder"


def test_two_people_with_one_number_get_one_text(world, sent):
    unit = world.mine
    phone = Person.objects.filter(unit=unit).exclude(phone="").first().phone
    person = actions.create_person(actor=None, name="共号", unit=unit, phone=phone, at=START)
    post = actions.create_post(actor=None, unit=unit, title="调度员二", role=Role.mine_dispatcher, at=START)
    actions.appoint(actor=None, post=post, person=person, at=START)
    notice = send(world, 1)
    addresses = list(notice.deliveries.values_list("address", flat=True))
    assert len(addresses) == len(set(addresses))


def test_a_clock_a_day_ahead_for_a_while_costs_nobody_more_than_an_hour_does(world, sent):
    ahead = AT + timedelta(days=1)
    for each in range(100):
        send(world, each, at=ahead)
    deliver(ahead)
    assert len(sent()) == MOST
    send(world, "回拨后", at=AT + GATHER)
    deliver(AT + GATHER)
    later = sent()[MOST:]
    assert len(later) == 2
    assert any("另有80条" in text for text in later), "the summary does not wait for the day that was not yet"
    assert any("回拨后" in text for text in later)
