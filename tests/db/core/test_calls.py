import json
from datetime import timedelta

import pytest

from kuangan.core import actions, queries
from kuangan.core.errors import Refused
from kuangan.core.models import CallState, DeliveryStatus
from kuangan.core.notify import advance_calls, deliver_due
from tests.db.core.world import START, person_of

AT = START + timedelta(days=1)
INTERVAL = timedelta(minutes=3)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def line(world):
    return [person_of(world.dispatcher), person_of(world.deputy), person_of(world.head)]


def start(world, line, **changes):
    told = {"actor": world.head, "unit": world.mine, "people_in_line": line, "reason": "瓦斯超限无人签收"}
    return actions.start_call(**(told | {"interval": INTERVAL, "at": AT} | changes))


def rung(call) -> list[str]:
    return [attempt.person.name for attempt in call.attempts.order_by("seq")]


def test_people_are_rung_in_turn_one_interval_apart_until_the_line_is_used_up(world, line):
    call = start(world, line)
    assert rung(call) == ["调度丙"]
    assert advance_calls(AT + INTERVAL - INSTANT) == 0
    assert advance_calls(AT + INTERVAL) == 1
    assert rung(call) == ["调度丙", "副局长乙"]
    assert advance_calls(AT + 2 * INTERVAL) == 1
    assert rung(call) == ["调度丙", "副局长乙", "局长甲"]
    assert advance_calls(AT + 3 * INTERVAL - INSTANT) == 0
    call.refresh_from_db()
    assert call.state == CallState.calling
    assert advance_calls(AT + 3 * INTERVAL) == 1
    call.refresh_from_db()
    assert (call.state, call.ended_at, call.next_at) == (CallState.exhausted, AT + 3 * INTERVAL, None)
    assert advance_calls(AT + 9 * INTERVAL) == 0


def test_a_second_round_starts_with_the_first_person(world, line):
    call = start(world, line[:2], rounds=2)
    for turn in range(1, 5):
        advance_calls(AT + turn * INTERVAL)
    call.refresh_from_db()
    assert rung(call) == ["调度丙", "副局长乙", "调度丙", "副局长乙"]
    assert call.state == CallState.exhausted


def test_an_answer_ends_the_ringing(world, line):
    call = start(world, line)
    advance_calls(AT + INTERVAL)
    answered = actions.answer_call(actor=world.head, call=call, person=line[1], at=AT + INTERVAL)
    assert (answered.state, answered.answered_by) == (CallState.answered, line[1])
    assert {a.delivery.status for a in call.attempts.select_related("delivery")} == {DeliveryStatus.dropped}
    assert advance_calls(AT + 9 * INTERVAL) == 0
    assert [e.action for e in queries.events_of(call)] == ["call_started", "call_rang", "call_rang", "call_answered"]
    with pytest.raises(Refused, match="已应答"):
        actions.answer_call(actor=world.head, call=call, person=line[1], at=AT + INTERVAL)


def test_somebody_who_was_not_in_line_cannot_have_answered(world, line):
    call = start(world, line[:1])
    with pytest.raises(Refused, match="不在本次叫应名单"):
        actions.answer_call(actor=world.head, call=call, person=line[1], at=AT)
    actions.answer_call(actor=world.head, call=call, person=line[0], at=AT)


def test_people_without_a_number_are_passed_over_at_once_and_shown(world, line):
    line[0].phone = ""
    line[0].save(update_fields=["phone"])
    call = start(world, line)
    assert rung(call) == ["调度丙", "副局长乙"]
    assert call.attempts.get(seq=1).delivery.status == DeliveryStatus.failed
    assert call.next_at == AT + INTERVAL


def test_an_empty_line_is_exhausted_at_once(world):
    assert start(world, []).state == CallState.exhausted


def test_a_stopped_call_rings_nobody_further(world, line):
    call = actions.stop_call(actor=world.head, call=start(world, line), reason="已签收", at=AT)
    assert call.state == CallState.stopped
    assert advance_calls(AT + INTERVAL) == 0


def test_the_phone_says_what_it_is_about(world, line, data_folder):
    start(world, line)
    assert deliver_due(AT) == 1
    message = json.loads((data_folder / "messages.jsonl").read_text())
    assert (message["channel"], message["to"]) == ("phone", "13900000003")
    assert message["text"] == "【矿安平台】叫应甲一煤矿：瓦斯超限无人签收。请立即应答并登录平台处置。"


@pytest.mark.parametrize("wrong", [{"interval": timedelta(0)}, {"rounds": 0}])
def test_an_interval_or_round_of_nothing_is_an_error(world, line, wrong):
    with pytest.raises(ValueError, match="above zero"):
        start(world, line, **wrong)
