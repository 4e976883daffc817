"""The same press four times at once, by one person: made once, and told in words."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, Urging
from kuangan.core.trail.verify import verify_trail
from kuangan.duty.actions import open_event, urge
from kuangan.flow.act import advance
from kuangan.flow.alarms import react
from kuangan.law.duty.obligation_file import obligation_by_id
from kuangan.office.actions.circulars import send_circular, urge_receivers
from kuangan.office.actions.watch import hand_over
from kuangan.office.models import HandOver
from tests.city import over
from tests.db.flow.conftest import MORNING as AT
from tests.presses import at_once, refusals

CALL = {"answered_by": "调度员甲一", "told": "立即停电撤人并补报"}
PRESSES = 4


def test_a_watch_is_handed_over_once_and_the_others_hear_it_in_words(committed_city):
    duty, county = committed_city["county_duty"], committed_city.units["county"]
    results = at_once(*[lambda: hand_over(actor=duty, unit=county, alarms=[], feeds=[], remarks="", at=AT)] * PRESSES)
    assert HandOver.objects.count() == 1
    assert len(refusals(results)) == PRESSES - 1
    assert "上一次交班尚未接班" in refusals(results)[0]


def signed_alarm(city) -> Case:
    episode = over(city.points["first-1301-T0"], AT)
    react.episode(episode, AT)
    case = Case.objects.get()
    advance(actor=city["mine_dispatcher"], case=case, move_id="sign_for", at=AT)
    return case


def test_a_repeatable_step_is_made_once(committed_city):
    case = signed_alarm(committed_city)
    duty = committed_city["county_duty"]
    press = partial(advance, actor=duty, case=case, move_id="urge_call", inputs=CALL, at=AT)
    results = at_once(*[lambda: press().pk] * PRESSES)
    assert case.moves.filter(move="urge_call").count() == 1
    assert set(results) == {case.moves.get(move="urge_call").pk}, "each press is answered with the step that was made"
    assert verify_trail().broken is None


def test_the_step_may_be_repeated_with_other_words_or_later(city):
    case = signed_alarm(city)

    def calls(told: str, at: datetime, by: str = "county_duty") -> int:
        advance(actor=city[by], case=case, move_id="urge_call", inputs={**CALL, "told": told}, at=at)
        return case.moves.filter(move="urge_call").count()

    assert calls("甲", AT) == 1
    assert calls("甲", AT + timedelta(seconds=10) - timedelta(microseconds=1)) == 1
    assert calls("甲", AT, by="county_officer") == 2
    assert calls("乙", AT) == 3
    assert calls("甲", AT + timedelta(seconds=10)) == 4


def follow(city, number: int):
    return open_event(
        obligation=obligation_by_id("decision_followup"),
        unit=city.units["county"],
        start=AT,
        due_at=AT + timedelta(days=3),
        subject=f"entry:{number}",
        title=f"办结会议议定事项{number}",
        at=AT,
    )


def test_an_urge_is_sent_once(committed_city):
    duty = follow(committed_city, 1)
    press = partial(urge, actor=committed_city["city_section"], duties=[duty], text="请抓紧", at=AT)
    results = at_once(*[press] * PRESSES)
    assert sorted(type(result).__name__ for result in results) == ["Refused"] * (PRESSES - 1) + ["int"]
    assert Notice.objects.filter(title__startswith="催办").count() == 1


def test_the_same_matter_is_urged_after_ten_minutes_and_five_times_a_day(city):
    duty, other = follow(city, 1), follow(city, 2)
    section = city["city_section"]
    urge(actor=section, duties=[duty], text="请抓紧", at=AT)
    soon = AT + timedelta(minutes=10) - timedelta(microseconds=1)
    with pytest.raises(Refused, match=r"10分钟内不重复催办.*03月10日10:10后再催办"):
        urge(actor=section, duties=[duty], text="请抓紧", at=soon)
    assert urge(actor=section, duties=[duty, other], text="请抓紧", at=soon) == 1, "what was not urged yet is"
    assert urge(actor=city["city_officer"], duties=[duty], text="请抓紧", at=soon) == 1, "another person may"
    for number in range(1, 5):
        assert urge(actor=section, duties=[duty], text="请抓紧", at=AT + number * timedelta(minutes=10)) == 1
    with pytest.raises(Refused, match=r"24小时内最多5次.*03月11日10:00后再催办"):
        urge(actor=section, duties=[duty], text="请抓紧", at=AT + timedelta(hours=5))
    assert urge(actor=section, duties=[duty], text="请抓紧", at=AT + timedelta(days=1)) == 1


def test_receivers_of_a_circular_are_urged_in_measure(city):
    made = send_circular(
        actor=city["county_section"],
        issuer=city.units["county"],
        kind="notice",
        title="雨季检查",
        body="请自查",
        receivers=[city.units["mine"], city.units["second_mine"]],
        at=AT,
    )
    assert urge_receivers(actor=city["county_section"], circular=made, at=AT) == 2
    for _ in range(30):
        with pytest.raises(Refused, match="请电话联系"):
            urge_receivers(actor=city["county_section"], circular=made, at=AT + timedelta(minutes=1))
    assert Notice.objects.filter(kind="office_urge").count() == Urging.objects.count() == 2
