"""Two people at one draft: the second is told who changed what, and sees the differences before he overwrites."""

import re
from datetime import date

from django.urls import reverse

from kuangan.base import clock
from kuangan.flow.reports import edit_report
from kuangan.office.models import HolidayPlan
from tests.web import ledger_world, office_world
from tests.web.owed import report_of


def began(client, address) -> str:
    """Where the form at an address begins."""
    return re.search(r'name="began_from"\s+value="([^"]*)"', client.get(address).content.decode())[1]


def letter_form(letter, **more):
    names = ("opening", "matters", "demands", "reply_due_on")
    return {**{name: letter.facts[name] for name in names}, **more}


def matters(letter) -> str:
    letter.refresh_from_db()
    return letter.facts["matters"]


def test_the_second_editor_of_a_draft_letter_is_told_who_changed_it_and_what_differs(world, as_user):
    letter = office_world.letter(world)
    address = reverse("move", args=[letter.pk, "edit"])
    clerk, officer = as_user("county_clerk"), as_user("county_officer")
    version = began(clerk, address)
    assert began(officer, address) == version
    first = letter_form(letter, matters="第一人补充的事项", began_from=version)
    second = letter_form(letter, matters="第二人补充的事项", began_from=version)
    assert clerk.post(address, first).status_code == 302
    page = officer.post(address, second).content.decode()
    assert matters(letter) == "第一人补充的事项"
    assert f"{world.users['county_clerk'].display_name}已于" in page
    told = page[page.index("已于") : page.index('name="began_from"')]
    assert "第一人补充的事项" in told
    assert "第二人补充的事项" in told
    assert page.count("第二人补充的事项") == 2  # in the table and still in the form
    newer = re.search(r'name="began_from"\s+value="([^"]*)"', page)[1]
    assert officer.post(address, second | {"began_from": newer}).status_code == 302
    assert matters(letter) == "第二人补充的事项"


def test_an_editor_alone_is_asked_nothing(world, as_user):
    letter = office_world.letter(world)
    address = reverse("move", args=[letter.pk, "edit"])
    clerk = as_user("county_clerk")
    for matter in ("甲", "乙"):
        given = letter_form(letter, matters=matter, began_from=began(clerk, address))
        assert clerk.post(address, given).status_code == 302


def test_two_editors_of_a_report(world, as_user):
    paper = report_of(world)
    address = reverse("report_paper", args=[paper.pk])
    section = as_user("county_section")
    version = began(section, address)
    edit_report(
        actor=world.users["county_section"], paper=paper, summary="别人写的总体情况", demands=[], at=clock.now()
    )
    page = section.post(address, {"summary": "我写的总体情况", "demands": "", "began_from": version}).content.decode()
    assert "现在的内容" in page
    assert "别人写的总体情况" in page
    paper.refresh_from_db()
    assert paper.data["summary"] == "别人写的总体情况"


def test_two_correctors_of_one_entry(world, as_user):
    entry = ledger_world.entry(world)
    address = reverse("correct_entry", args=ledger_world.address(world))
    client = as_user("county_commissioner")
    values = {
        **ledger_world.PATROL,
        "underground": "true",
        "photos.kept": entry.values["photos"],
        "unit": entry.unit.code,
    }
    version = began(client, address)
    given = {**values, "places": "1302工作面", "reason": "补正", "began_from": version}
    assert client.post(address, given).status_code == 302
    page = client.post(
        address, {**values, "places": "1303工作面", "reason": "补正", "began_from": version}
    ).content.decode()
    assert "现在的内容" in page
    assert "1302工作面" in page


def test_two_planners_of_one_holiday(world, as_user):
    address = reverse("holiday_plan", args=["2026-10-01"])
    client = as_user("county_duty")
    version = began(client, address)
    page = client.get(address)
    names = [form.add_prefix(name) for _, form in page.context["days"].rows for name in form.fields]
    person, other = (world.users[name].person_id for name in ("county_duty", "county_head"))
    assert client.post(address, {**dict.fromkeys(names, person), "began_from": version}).status_code == 302
    again = client.post(address, {**dict.fromkeys(names, other), "began_from": version}).content.decode()
    assert "现在的内容" in again
    plan = HolidayPlan.objects.get()
    assert {day.leader_id for day in plan.days.all()} == {person}
    assert plan.first_on == date(2026, 10, 1)
