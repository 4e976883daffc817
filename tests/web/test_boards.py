from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.actions import roster_person
from kuangan.law.role import Role
from kuangan.ledger.actions import add_entry, correct_entry, void_entry
from kuangan.overview.figures.posted import posted_board, update_due


def public(world) -> str:
    response = Client().get(reverse("public_mine", args=[world.city.mine.code]))
    assert response.status_code == 200
    return response.content.decode()


def test_everybody_reads_the_three_persons_and_whom_to_call(world):
    page = public(world)
    for shown in ("丁一", "县长", "000-0002", "戊一", "12350", world.city.mine.supervisor.phone):
        assert shown in page
    assert "今日带班安排未登记" in page


def test_todays_leader_comes_from_the_roster_before_the_ledger(world):
    mine, today = world.city.units["mine"], clock.civil_date(clock.now())
    for shift, leader, kind in (("morning", "甲七", "led"), ("night", "甲八", "no_work")):
        values = {"worked_on": today, "shift": shift, "kind": kind, "leader": leader, "post": "safety_deputy"}
        add_entry(actor=None, ledger_id="leader_shift", unit=mine, values=values)
    page = public(world)
    assert "甲七" in page
    assert "甲八" not in page
    person = world.users["mine_leader"].person
    roster_person(actor=None, unit=mine, person=person, on=today, shift="early", role=Role.mine_leader)
    page = public(world)
    assert person.name in page
    assert "甲七" not in page


def test_nobody_posted_is_said_so_and_cannot_be_printed(world, as_user):
    void_entry(actor=None, entry=world.posted, reason="登记错误")
    assert "尚未登记挂牌责任人" in public(world)
    answer = as_user("county_section").get(reverse("mine_board_pdf", args=[world.city.mine.code]))
    assert answer.status_code == 404


@pytest.mark.parametrize(("minutes", "warned"), [(-1, False), (0, True)])
def test_a_change_not_on_the_board_in_time_is_a_warning(world, minutes, warned):
    changed = world.posted.values | {"board_updated_on": "2025-12-31"}
    correct_entry(actor=None, entry=world.posted, values=changed, reason="公示牌未更换")
    at = update_due(world.posted.on) + timedelta(minutes=minutes)
    assert bool(posted_board(world.city.mine, at).warning) is warned


def test_a_board_changed_on_the_day_itself_is_in_time(world):
    assert posted_board(world.city.mine, clock.now()).warning == ""


def test_the_code_is_a_picture_and_the_board_a_sheet(world, as_user):
    picture = Client().get(reverse("public_mine_qr", args=[world.city.mine.code]))
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    sheet = as_user("mine_director").get(reverse("mine_board_pdf", args=[world.city.mine.code]))
    assert sheet.content.startswith(b"%PDF")


def test_an_unknown_mine_is_not_found(world):
    assert Client().get(reverse("public_mine", args=["140423999999"])).status_code == 404
