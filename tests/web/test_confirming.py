"""待确认 on pages and through the API: found, opened, written, sent back; what was typed stays where it is refused."""

import json

from django.urls import reverse

from kuangan.ledger.models import Entry, EntryConfirmation
from tests.web.ledger_world import major_hazard, part_address

LOOKED = {"sight": "place", "opinion": "现场复查合格"}


def page_of(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_what_waits_stands_in_the_list_and_among_todays_work(world, as_user):
    hazard, county = major_hazard(world), as_user("county_officer")
    address = reverse("confirm_part", args=part_address(world))
    assert address in page_of(county, "confirmations")
    rows = [(row.what, row.address) for row in county.get(reverse("today")).context["work"].rows]
    assert ("重大隐患整改验收", address) in rows
    assert address not in page_of(as_user("mine_engineer"), "confirmations")
    assert "待日常监管部门办理：重大隐患整改验收" in page_of(
        as_user("mine_director"), "entry", hazard.ledger, hazard.serial
    )


def test_the_county_accepts_and_both_read_who_looked_at_what(world, as_user):
    hazard, county = major_hazard(world), as_user("county_officer")
    address = reverse("confirm_part", args=part_address(world))
    refused = county.post(address, {"do": "confirm", "opinion": "锚杆已补打"}).content.decode()
    assert "请选择查看了什么" in refused
    assert "锚杆已补打" in refused, "what was typed stays"
    assert county.post(address, {"do": "confirm", **LOOKED}).status_code == 302
    newest = Entry.objects.get(serial=hazard.serial, superseded_at=None)
    assert (newest.parts, newest.values["accepted_by"]["name"]) == (("major_acceptance",), "乙二")
    page = page_of(as_user("mine_director"), "entry", hazard.ledger, hazard.serial)
    assert "现场复查合格" in page
    assert "查看现场" in page
    assert address not in page_of(county, "confirmations")


def test_the_county_sends_it_back_with_the_reason(world, as_user):
    hazard, county = major_hazard(world), as_user("county_officer")
    address = reverse("confirm_part", args=part_address(world))
    assert county.post(address, {"do": "return", **LOOKED, "opinion": "照片看不清"}).status_code == 302
    act = EntryConfirmation.objects.get()
    assert (act.accepted, act.opinion) == (False, "照片看不清")
    assert "照片看不清" in page_of(as_user("mine_director"), "entry", hazard.ledger, hazard.serial)
    assert "50%" not in page_of(county, "confirmations")
    assert "100%" in page_of(county, "confirmations")


def test_the_form_of_the_mine_and_the_api_take_no_column_of_the_department(world, as_user):
    mine, unit = as_user("mine_director"), world.city.units["mine"]
    form = page_of(mine, "new_entry", "standardization_application")
    assert 'name="self_score"' in form
    assert 'name="result"' not in form
    fields = {field["name"]: field for field in next(
        ledger["fields"] for ledger in mine.get("/api/ledgers").json() if ledger["id"] == "standardization_application"
    )}  # fmt: skip
    assert (fields["result"]["written_by"], fields["result"]["required"]) == ("日常监管部门", False)
    assert fields["self_score"]["written_by"] == ""
    values = {
        "applied_on": "2026-03-10", "step": "first_review", "kind": "re_grading", "applied_grade": "second",
        "receiver": "示例县应急管理局", "application_number": "1", "self_score": "85", "result": "passed",
    }  # fmt: skip
    answer = mine.post(
        "/api/ledgers/standardization_application/entries",
        json.dumps({"unit": unit.code, "values": values}),
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert "日常监管部门填写" in answer.content.decode()
    assert not Entry.objects.filter(ledger="standardization_application").exists()
