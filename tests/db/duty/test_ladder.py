from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangan.core.actions import save_attachment
from kuangan.core.errors import Refused
from kuangan.core.models import Event, Notice
from kuangan.core.trail.verify import verify_trail
from kuangan.duty import ladder
from kuangan.duty.actions import cancel, climb, fulfil, open_event, urge
from kuangan.duty.models import Duty, Urge
from kuangan.law.duty.obligation_file import obligation_by_id
from kuangan.law.role import Role
from tests.duties import accept_credits


@pytest.fixture
def make(city, at):
    def made(number=1, unit="county", due_at=at + timedelta(days=10)):
        return open_event(
            obligation=obligation_by_id("decision_followup"),
            unit=city.units[unit],
            start=at,
            due_at=due_at,
            subject=f"entry:{number}",
            title=f"办结会议议定事项{number}",
            at=at,
        )

    return made


def titles(unit, role="section_head"):
    return list(Notice.objects.filter(unit=unit, role=role, kind="duty").order_by("pk").values_list("title", flat=True))


def test_the_ladder_goes_from_a_reminder_to_the_board(city, make):
    duty = make()
    county, due_at = city.units["county"], duty.due_at
    steps = [duty.wakes_at]
    assert climb(steps[0] - timedelta(microseconds=1)) == 0
    while steps[-1] is not None:
        assert climb(steps[-1]) == 1
        duty.refresh_from_db()
        steps.append(duty.wakes_at)
    days = [(step - due_at).days for step in steps if step]
    assert (days, duty.rung) == ([-3, 0, 3, 10], 4)
    assert titles(county) == ["履职事项即将到期：1项，请按期办理", "履职事项已到期未完成：1项，请立即办理"]
    assert titles(city.units["city"]) == ["下级单位逾期未完成事项1项，请督促"]
    assert list(Urge.objects.order_by("rung").values_list("rung", flat=True)) == [1, 2, 3]
    assert Event.objects.filter(action="duties_listed").count() == 1
    assert verify_trail().broken is None


def test_one_notice_lists_twenty_and_counts_the_rest(city, make):
    duties = [make(number) for number in range(25)]
    assert climb(duties[0].wakes_at) == 25
    notice = Notice.objects.get(kind="duty")
    assert len(notice.body.splitlines()) == 21
    assert notice.body.splitlines()[-1] == "……共25项，详见履职清单。"
    assert notice.link == "duties?status=due&unit=140423-bureau"
    assert climb(duties[0].wakes_at) == 0


def test_steps_missed_together_are_told_once_to_each(city, make):
    duty = make()
    assert climb(duty.due_at + timedelta(days=4)) == 1
    assert len(titles(city.units["county"])) == len(titles(city.units["city"])) == 1


def test_what_is_done_or_cancelled_is_left_alone(city, at, make):
    done, gone = make(1), make(2)
    fulfil(actor=city["county_section"], duty=done, source="file", key="f", done_at=at, at=at)
    accept_credits(city, done, at)
    cancel(actor=None, duties=[gone], reason="不再需要", at=at)
    assert climb(done.due_at + timedelta(days=20)) == 0


def test_a_role_that_nobody_holds_does_not_hide_the_notice(city, at, make, monkeypatch):
    duty = make()
    Duty.objects.update(role=Role.clerk)
    climb(duty.wakes_at)
    assert titles(city.units["county"], role="") == ["履职事项即将到期：1项，请按期办理"]


def test_an_own_ladder_counts(city, make, monkeypatch):
    duty = make()
    found = obligation_by_id("decision_followup")
    own = replace(found, ladder=(found.ladder[-1],))
    monkeypatch.setattr(ladder, "obligations", lambda: {own.id: own})
    assert climb(duty.wakes_at) == 1
    duty.refresh_from_db()
    assert duty.wakes_at == duty.due_at + own.ladder[0].after
    assert not Notice.objects.filter(kind="duty").exists()


def test_urging_by_hand(city, at, make):
    assert urge(actor=city["city_section"], duties=[make(1), make(2)], text="请抓紧", at=at) == 2
    assert titles(city.units["county"]) == ["催办：请抓紧"]
    done = make(3)
    fulfil(actor=None, duty=done, source="file", key="f", done_at=at, at=at)
    accept_credits(city, done, at)
    with pytest.raises(Refused, match="均已办结"):
        urge(actor=city["city_section"], duties=[done], text="请抓紧", at=at)
    with pytest.raises(Refused, match="催办内容"):
        urge(actor=city["city_section"], duties=[make(4)], text=" ", at=at)


def test_a_moment_that_has_not_come_is_no_fulfilment(city, at, make):
    with pytest.raises(Refused, match="晚于当前时间"):
        fulfil(actor=None, duty=make(), source="file", key="f", done_at=at + timedelta(seconds=1), at=at)


def photo(city, at, content=b"minutes"):
    return save_attachment(actor=city["county_section"], name="材料.txt", content=content, at=at)


def test_the_same_file_shows_nothing_twice(city, at, make, monkeypatch):
    duty, other = make(), make(2)
    fulfil(actor=None, duty=duty, source="file", key="a", done_at=at, attachments=[photo(city, at)], at=at)
    with pytest.raises(Refused, match="此前已"):
        fulfil(actor=None, duty=duty, source="file", key="b", done_at=at, attachments=[photo(city, at)], at=at)
    both = [photo(city, at), photo(city, at, b"more")]
    fulfil(actor=None, duty=duty, source="file", key="c", done_at=at, attachments=both, at=at)
    fulfil(actor=None, duty=other, source="file", key="d", done_at=at, attachments=[photo(city, at)], at=at)
    Duty.objects.filter(pk__in=[duty.pk, other.pk]).update(period="2026-03")
    third = make(3)
    Duty.objects.filter(pk=third.pk).update(period="2026-04")
    with pytest.raises(Refused, match="此前已"):
        fulfil(actor=None, duty=third, source="file", key="e", done_at=at, attachments=[photo(city, at)], at=at)


def test_the_sweep_takes_the_same_statements_however_many_are_told(city, at, make):
    def taken(day, units):
        duties = [make(f"{day}-{unit}", unit, at + timedelta(days=day)) for unit in units]
        with CaptureQueriesContext(connection) as statements:
            assert climb(duties[0].wakes_at) == len(units)
        return len(statements)

    assert taken(10, ["county"]) == taken(11, ["county", "county_government", "mine", "city"])
    assert Notice.objects.filter(kind="duty").count() == 5
    assert verify_trail().broken is None
