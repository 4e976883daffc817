"""A unit's own administrator keeps its roster for a month, and alarms ring whoever stands on it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.base import clock
from kuangan.casework.models import CaseCall
from kuangan.core.models import Event, Roster, Shift
from kuangan.law.role import Role
from tests.city import bind_codes
from tests.signing import SECRET
from tests.web.world import further_person

TODAY = date(2026, 3, 10)
"""The worlds' day; at ten in the morning, in the early shift."""


@pytest.fixture
def county(world):
    """The county's bureau, with an administrator of its own."""
    world.users["county_admin"] = further_person(world.city, "county_admin", "county", Role.unit_admin)
    bind_codes(SECRET)
    Roster.objects.all().delete()
    return world.city.units["county"]


def text(response) -> str:
    return response.content.decode()


def address(unit, on=None, shift="middle", month="2026-03"):
    asked = f"&on={on}&shift={shift}" if on else ""
    return f"{reverse('unit_roster', args=[unit.code])}?month={month}{asked}"


def person(world, username):
    return world.users[username].person


def fill(client, unit, on, shift, people, **more):
    return client.post(
        address(unit, on, shift), {"do": "fill", "duty_officer": [somebody.pk for somebody in people], **more}
    )


def standing(unit):
    rosters = Roster.objects.filter(unit=unit).order_by("on", "starts_at", "person__name")
    return [(entry.on, entry.shift, entry.person.name) for entry in rosters]


def sheet(client, unit, *rows, month="2026-03"):
    """The month's template with these rows below it, as it is uploaded."""
    handed_out = client.get(f"{reverse('unit_roster_template', args=[unit.code])}?month={month}")
    book = load_workbook(BytesIO(handed_out.content))
    for row in rows:
        book["值班表"].append(row)
    content = BytesIO()
    book.save(content)
    return book, content.getvalue()


def upload(client, unit, content, month="2026-03"):
    data = {"do": "sheet", "sheet": SimpleUploadedFile("值班表.xlsx", content)}
    return client.post(address(unit, month=month), data)


def test_whom_the_units_administrator_puts_on_duty_is_rung_up_about_an_alarm(world, as_user, county):
    admin, officer = as_user("county_admin"), person(world, "county_officer")
    assert "值班表" in text(admin.get(reverse("register_unit", args=[county.code])))
    assert "03-10 中班" in text(admin.get(address(county)))
    made = fill(admin, county, TODAY, "middle", [officer])
    assert (made.status_code, standing(county)) == (302, [(TODAY, "middle", officer.name)])
    world.script.at = clock.beijing_midnight(TODAY) + timedelta(hours=17)
    case = world.script.alarm(point="second-1302-T0", peak="3.20")
    world.script.wait(minutes=10)
    call = CaseCall.objects.get(case=case, clock__clock="sign_for", relation="supervisor").call
    assert [attempt.person for attempt in call.attempts.order_by("seq") if attempt.at] == [officer]


def test_a_shift_that_has_begun_is_only_put_right_with_a_reason_that_stays_on_record(world, as_user, county):
    admin = as_user("county_admin")
    duty, officer = person(world, "county_duty"), person(world, "county_officer")
    fill(admin, county, TODAY + timedelta(days=1), "night", [duty])
    page = text(fill(admin, county, TODAY, "early", [officer]))
    assert ("请填写“更正事由”" in page, len(standing(county))) == (True, 1)
    fill(admin, county, TODAY, "early", [officer], reason="临时顶班")
    fill(admin, county, TODAY, "early", [duty], reason="登记有误")
    assert standing(county)[0] == (TODAY, "early", duty.name)
    corrected = Event.objects.filter(action="roster_corrected", subject_id=str(county.pk)).order_by("seq")
    assert [(event.data["before"], event.data["after"], event.data["reason"]) for event in corrected] == [
        ([], [officer.name], "临时顶班"),
        ([officer.name], [duty.name], "登记有误"),
    ]
    page = text(admin.get(address(county)))
    assert ("更正记录" in page, "登记有误" in page) == (True, True)
    refused = as_user("operator").post(
        reverse("roster"), {"unit": county.pk, "person": duty.pk, "on": "2026-03-09", "shift": "early"}
    )
    assert "过去的班次" in text(refused)


def test_a_week_is_repeated_to_the_end_of_the_month_without_touching_what_stands(world, as_user, county):
    admin = as_user("county_admin")
    duty, officer = person(world, "county_duty"), person(world, "county_officer")
    fill(admin, county, TODAY + timedelta(days=1), "early", [duty])
    fill(admin, county, TODAY + timedelta(days=2), "early", [officer])
    fill(admin, county, TODAY + timedelta(days=9), "early", [duty])
    copy = {"do": "copy", "pattern": "week", "first": "2026-03-17"}
    admin.post(address(county), copy)
    filled = {entry.on.day: entry.person for entry in Roster.objects.filter(unit=county, on__gte="2026-03-17")}
    assert filled == {18: duty, 25: duty, 19: duty, 26: officer}
    assert "没有可以排定的班次" in text(admin.post(address(county), copy, follow=True))
    admin.post(address(county, month="2026-04"), {"do": "copy", "pattern": "month", "first": "2026-04-01"})
    april = Roster.objects.filter(unit=county, on__gte="2026-04-01").order_by("on")
    assert [entry.on.day for entry in april] == [11, 12, 18, 19, 25, 26]
    assert "起始日期" in text(
        admin.post(address(county), {"do": "copy", "pattern": "week", "first": "2026-05-01"}, follow=True)
    )


def test_a_sheet_is_taken_as_a_whole_or_not_at_all_and_the_same_again_changes_nothing(world, as_user, county):
    admin = as_user("county_admin")
    duty, officer = person(world, "county_duty"), person(world, "county_officer")
    fill(admin, county, date(2026, 3, 20), "early", [officer])
    book, content = sheet(
        admin,
        county,
        ("2026-03-21", "中班", "值班员", "无此人"),
        ("2026-04-01", "中班", "值班员", duty.name),
        ("2026-03-21", "晚班", "值班员", duty.name),
        ("2026-03-21", "早班", "调度员", duty.name),
        ("2026-03-09", "早班", "值班员", duty.name),
    )
    first = 1 + 31 * 3 + 1
    offered = [cell.value for column in book["选项"].iter_cols() for cell in column if cell.value]
    assert {duty.name, officer.name, "早班", "值班员"} <= set(offered)
    page = text(upload(admin, county, content))
    for number, column, words in (
        (first, "姓名", "没有任职的"),
        (first + 1, "日期", "不在2026年3月内"),
        (first + 2, "班次", ""),
        (first + 3, "角色", "不设“调度员”"),
        (first + 4, "姓名", "该班次已经开始"),
    ):
        assert f">{number}</td>" in page, number
        assert column in page
        assert words in page
    assert standing(county) == [(date(2026, 3, 20), "early", officer.name)]
    _, content = sheet(
        admin, county, ("2026-03-21", "中班", "值班员", duty.name), ("2026-03-21", "中班", "", officer.name)
    )
    upload(admin, county, content)
    assert len(standing(county)) == 3
    planned = Event.objects.filter(action="shifts_rostered")
    known = planned.count()
    assert "没有变化" in text(admin.get(upload(admin, county, content).headers["Location"]))
    assert (len(standing(county)), planned.count()) == (3, known)
    assert "不是有效的 Excel" in text(upload(admin, county, b"abc"))


def test_nobody_else_keeps_it_and_a_unit_without_shifts_says_so(world, as_user, county):
    duty = person(world, "county_duty")
    assert as_user("mine_unit_admin").get(address(county)).status_code == 404
    stranger = fill(as_user("mine_unit_admin"), county, TODAY, "middle", [duty])
    assert (stranger.status_code, standing(county)) == (404, [])
    from_the_mine = person(world, "mine_dispatcher")
    refused = text(fill(as_user("county_admin"), county, TODAY, "middle", [from_the_mine]))
    assert ("选择一个有效的选项" in refused, standing(county)) == (True, [])
    government = world.city.units["county_government"]
    assert "不排班" in text(as_user("operator").get(address(government)))
    assert as_user("operator").get(reverse("unit_roster_template", args=[government.code])).status_code == 404


def test_a_mine_has_its_dispatchers_and_its_leaders_in_each_shift(world, as_user):
    mine, admin = world.city.mine.unit, as_user("mine_unit_admin")
    leader, dispatcher = person(world, "mine_leader"), person(world, "mine_dispatcher")
    filled = {"do": "fill", "mine_dispatcher": [dispatcher.pk], "mine_leader": [leader.pk]}
    admin.post(address(mine, TODAY, Shift.middle), filled)
    rows = Roster.objects.filter(unit=mine, on=TODAY, shift="middle").order_by("role")
    assert [(entry.role, entry.person) for entry in rows] == [("mine_dispatcher", dispatcher), ("mine_leader", leader)]
    page = text(admin.get(address(mine)))
    assert all(words in page for words in ("带班矿领导", leader.name, dispatcher.name))
