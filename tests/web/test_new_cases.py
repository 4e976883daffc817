"""新办: a person opens a case about a county, a company, a mine; who may, about what, and what the others see."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kuangan.casework.models import Case
from kuangan.casework.relations import related_units
from kuangan.core.models import Notice, Person
from kuangan.core.trail.verify import verify_trail
from kuangan.law.procedure import CaseSubject
from tests.procedures import INQUIRY, known


@pytest.fixture(autouse=True)
def inquiry():
    with known(INQUIRY):
        yield


FORM = {"matter": "超层越界线索", "gravity": "grave", "found_on": "2026-03-02"}


def address():
    return reverse("new_case", args=["inquiry", "open"])


def post(client, unit, **more):
    return client.post(address(), {**FORM, "subject": unit.pk, **more})


def opened(client, unit) -> Case:
    answer = post(client, unit)
    assert "已立案" in client.get(answer.headers["Location"]).content.decode()
    return Case.objects.get(unit=unit, procedure="inquiry")


def page(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_the_entry_stands_where_the_role_is_and_nowhere_else(world, as_user):
    assert "发起约请说明" in page(as_user("city_officer"), "new_cases")
    for other in ("county_duty", "mine_dispatcher", "county_head"):
        client = as_user(other)
        assert "发起约请说明" not in page(client, "new_cases")
        assert client.get(address()).status_code == 404


@pytest.mark.parametrize("unit", ["county", "company", "mine"])
def test_a_person_opens_a_case_about_a_county_a_company_and_a_mine(world, as_user, unit):
    city, about = as_user("city_officer"), world.city.units[unit]
    case = opened(city, about)
    assert (case.unit, case.path, case.office) == (about, about.path, world.city.units["city"])
    assert (case.mine_id is not None) == (unit == "mine")
    assert case.title == f"{about.name}超层越界线索约请说明"
    assert related_units(case)["unit"] == about
    assert case.moves.get().inputs == {"matter": "超层越界线索", "gravity": "grave", "found_on": "2026-03-02"}
    assert case.clocks.get(clock="draft").started_at.isoformat() == "2026-03-01T16:00:00+00:00"
    shown = page(city, "case", case.pk)
    assert "超层越界线索" in shown
    assert "较重" in shown
    assert case.number in page(city, "cases")
    assert "发出" in page(city, "today")
    assert verify_trail().broken is None


@pytest.mark.parametrize(("unit", "reader"), [
    ("county", "county_section"), ("company", "company_officer"), ("mine", "mine_director"),
])  # fmt: skip
def test_whom_it_is_about_sees_nothing_before_it_is_sent_and_answers_then(world, as_user, unit, reader):
    city, theirs = as_user("city_officer"), as_user(reader)
    case = opened(city, world.city.units[unit])
    assert theirs.get(reverse("case", args=[case.pk])).status_code == 404
    assert case.number not in page(theirs, "cases")
    assert city.post(reverse("move", args=[case.pk, "send"])).status_code == 302
    assert case.number in page(theirs, "cases")
    assert "说明" in page(theirs, "today")
    answer = theirs.post(reverse("move", args=[case.pk, "answer"]), {"text": "已自查"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "answered"
    assert city.post(reverse("move", args=[case.pk, "close"])).status_code == 302
    case.refresh_from_db()
    assert case.closed_at is not None


def test_a_county_is_told_by_the_notice_that_the_move_names(world, as_user):
    city = as_user("city_officer")
    case = opened(city, world.city.units["county"])
    city.post(reverse("move", args=[case.pk, "send"]))
    notice = Notice.objects.get(case_link__case=case)
    assert (notice.unit, notice.title) == (world.city.units["county"], "请就超层越界线索作出说明")


def test_a_unit_out_of_sight_of_another_kind_or_ones_own_cannot_be_chosen(world, as_user):
    county = as_user("county_officer")
    for unit in ("company", "city", "county", "county_government"):
        answer = post(county, world.city.units[unit])
        assert answer.status_code == 200
        assert "请在列表中选择单位" in answer.content.decode()
    assert opened(county, world.city.units["mine"]).office == world.city.units["county"]


def test_a_guard_refuses_and_the_form_keeps_what_was_typed(world, as_user):
    city = as_user("city_officer")
    answer = post(city, world.city.units["county"], matter="玩笑")
    assert "事由不明确" in answer.content.decode()
    assert "玩笑" in answer.content.decode()
    assert not Case.objects.filter(procedure="inquiry").exists()


def test_a_double_press_opens_one_case(world, as_user):
    city, unit = as_user("city_officer"), world.city.units["county"]
    for _ in range(2):
        post(city, unit, form_mark="abcdefghijklmnopqrst")
    assert Case.objects.filter(procedure="inquiry").count() == 1


def test_cases_are_filtered_and_exported_by_the_facts_of_their_procedure(world, as_user):
    city = as_user("city_officer")
    county, mine = opened(city, world.city.units["county"]), opened(city, world.city.units["mine"])
    Case.objects.filter(pk=mine.pk).update(facts={**mine.facts, "gravity": "plain"})
    found = city.get(reverse("cases"), {"procedure": "inquiry", "fact_gravity": "plain"}).content.decode()
    assert (mine.number in found, county.number in found) == (True, False)
    found = city.get(reverse("cases"), {"procedure": "inquiry", "fact_matter": "越界"}).content.decode()
    assert (mine.number in found, county.number in found) == (True, True)
    sheet = city.get(reverse("cases"), {"procedure": "inquiry", "export": "xlsx"}).content
    rows = list(load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True))
    assert rows[0][-2:] == ("事由", "程度")
    assert {row[-1] for row in rows[1:]} == {"一般", "较重"}


def test_a_case_about_a_person_is_opened_about_one_at_a_unit_in_sight(world, as_user):
    from dataclasses import replace

    about = replace(INQUIRY, id="interview", prefix="约人", subject=CaseSubject.person, about=("mine",))
    with known(INQUIRY, about):
        city = as_user("city_officer")
        person = Person.objects.filter(unit=world.city.units["mine"]).first()
        stranger = Person.objects.filter(unit=world.city.units["company"]).first()
        way = reverse("new_case", args=["interview", "open"])
        assert "请在列表中选择人员" in city.post(way, {**FORM, "subject": stranger.pk}).content.decode()
        assert city.post(way, {**FORM, "subject": person.pk}).status_code == 302
        case = Case.objects.get(procedure="interview")
        assert (case.person, case.unit) == (person, person.unit)
        assert person.name in page(city, "case", case.pk)
