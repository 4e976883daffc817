"""待确认 on pages and through the API: found, opened, written, sent back; what was typed stays where it is refused."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kuangan.flow.credit.entries import correct, record_entry
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry, EntryConfirmation
from tests.web.ledger_world import major_hazard, part_address

LOOKED = {"sight": "place", "opinion": "现场复查合格"}


def page_of(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def act(client, address, given):
    """Press a button of the form as it stands now."""
    return client.post(address, {"version": client.get(address).context["entry"].version, **given})


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
    refused = act(county, address, {"do": "confirm", "opinion": "锚杆已补打"}).content.decode()
    assert "请选择查看了什么" in refused
    assert "锚杆已补打" in refused, "what was typed stays"
    assert act(county, address, {"do": "confirm", **LOOKED}).status_code == 302
    newest = Entry.objects.get(serial=hazard.serial, superseded_at=None)
    assert (newest.parts, newest.values["accepted_by"]["name"]) == (("major_acceptance",), "乙二")
    page = page_of(as_user("mine_director"), "entry", hazard.ledger, hazard.serial)
    assert "现场复查合格" in page
    assert "查看现场" in page
    assert address not in page_of(county, "confirmations")


def test_nothing_is_decided_on_a_text_that_was_corrected_since_it_was_opened(world, as_user):
    hazard, county = major_hazard(world), as_user("county_officer")
    address = reverse("confirm_part", args=part_address(world))
    opened = county.get(address)
    assert f'name="version" value="{hazard.version}"' in opened.content.decode()
    correct(
        actor=world.users["mine_director"],
        entry=hazard,
        values={**hazard.values, "measures": "改为喷浆"},
        reason="措施变更",
    )
    for do in ("confirm", "return"):
        page = county.post(address, {"do": do, "version": hazard.version, **LOOKED}).content.decode()
        assert "已被更正" in page
        assert LOOKED["opinion"] in page, "what was typed stays"
        assert "改为喷浆" in page
    assert not EntryConfirmation.objects.exists()
    assert act(county, address, {"do": "confirm", **LOOKED}).status_code == 302


def test_the_county_sends_it_back_with_the_reason(world, as_user):
    hazard, county = major_hazard(world), as_user("county_officer")
    address = reverse("confirm_part", args=part_address(world))
    assert act(county, address, {"do": "return", **LOOKED, "opinion": "照片看不清"}).status_code == 302
    returned = EntryConfirmation.objects.get()
    assert (returned.accepted, returned.opinion) == (False, "照片看不清")
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


def request_of(hazard, part):
    return reverse("request_part", args=[hazard.ledger, hazard.serial, part])


def open_hazard(world):
    """A major hazard that is not put right yet."""
    values = {**ledger_by_id("hazard_item").sample[0], "grade": "major", "closed_on": ""}
    unit = world.city.units["mine"]
    return record_entry(actor=world.users["mine_director"], ledger_id="hazard_item", unit=unit, values=values)


def test_the_mine_asks_for_clearance_with_its_evidence_is_refused_asks_again_and_is_accepted(world, as_user):
    hazard, mine, county = open_hazard(world), as_user("mine_director"), as_user("county_officer")
    ask, accept = (
        request_of(hazard, "major_acceptance"),
        reverse("confirm_part", args=[hazard.ledger, hazard.serial, "major_acceptance"]),
    )
    assert ask in page_of(mine, "entry", hazard.ledger, hazard.serial)
    assert ask not in page_of(county, "entry", hazard.ledger, hazard.serial)
    assert accept not in page_of(county, "confirmations")
    page = mine.post(ask, {"closed_on": "2026-03-07"}).content.decode()
    assert "请填写" in page
    assert 'value="2026-03-07"' in page, "what was typed stays"
    assert Entry.objects.get(serial=hazard.serial, superseded_at=None).waits_for == ""
    photo = {"photographs": SimpleUploadedFile("锚杆.txt", b"rows of bolts")}
    assert mine.post(ask, {"closed_on": "2026-03-07", **photo}).status_code == 302
    asked = Entry.objects.get(serial=hazard.serial, superseded_at=None)
    assert (asked.waits_for, asked.reason, asked.values["measures"]) == (
        "major_acceptance", "申请验收销号", hazard.values["measures"],
    )  # fmt: skip
    assert ask not in page_of(mine, "entry", hazard.ledger, hazard.serial)
    assert mine.get(ask).status_code == 404, "it waits already"
    assert accept in page_of(county, "confirmations")
    act(county, accept, {"do": "return", **LOOKED, "opinion": "缺一排锚杆"})
    assert "缺一排锚杆" in page_of(mine, "entry", hazard.ledger, hazard.serial)
    again = {"closed_on": "2026-03-08", "photographs": SimpleUploadedFile("锚杆二.txt", b"all rows of bolts")}
    assert mine.post(ask, again).status_code == 302
    assert act(county, accept, {"do": "confirm", **LOOKED}).status_code == 302
    newest = Entry.objects.get(serial=hazard.serial, superseded_at=None)
    assert (list(newest.parts), newest.values["closed_on"]) == (["major_acceptance"], "2026-03-08")


def test_the_mine_asks_that_a_hazard_is_none_and_the_department_decides(world, as_user):
    hazard, mine, county = open_hazard(world), as_user("mine_director"), as_user("county_officer")
    ask = request_of(hazard, "release")
    decide = reverse("confirm_part", args=[hazard.ledger, hazard.serial, "release"])
    assert decide not in page_of(county, "confirmations"), "nobody waits for it before it is asked for"
    said = {"release_for": "实测锚杆间距合格", "release_files": SimpleUploadedFile("实测.txt", b"0.8 m")}
    assert mine.post(ask, said).status_code == 302
    assert decide in page_of(county, "confirmations")
    assert "实测锚杆间距合格" in page_of(county, "confirm_part", hazard.ledger, hazard.serial, "release")
    act(county, decide, {"do": "return", **LOOKED, "opinion": "现场仍超标"})
    newest = Entry.objects.get(serial=hazard.serial, superseded_at=None)
    assert (list(newest.parts), newest.waits_for, newest.values["grade"]) == ([], "", "major")
    again = {"release_for": "经第三方检测合格", "release_files": SimpleUploadedFile("检测.txt", b"report")}
    mine.post(ask, again)
    assert act(county, decide, {"do": "confirm", **LOOKED}).status_code == 302
    newest = Entry.objects.get(serial=hazard.serial, superseded_at=None)
    assert (list(newest.parts), newest.waits_for) == (["release"], "")
    assert as_user("company_officer").get(ask).status_code == 404


def test_what_is_accepted_is_not_asked_to_be_lowered_and_while_something_waits_nothing_else_is_asked(world, as_user):
    hazard, mine, county = major_hazard(world), as_user("mine_director"), as_user("county_officer")
    ask = request_of(hazard, "release")
    assert ask not in page_of(mine, "entry", hazard.ledger, hazard.serial), "acceptance waits"
    assert mine.get(ask).status_code == 404
    accept = reverse("confirm_part", args=part_address(world))
    assert act(county, accept, {"do": "confirm", **LOOKED}).status_code == 302
    assert ask not in page_of(mine, "entry", hazard.ledger, hazard.serial)
    assert mine.get(ask).status_code == 404


def test_a_release_is_asked_for_after_the_acceptance_was_sent_back(world, as_user):
    hazard, mine, county = major_hazard(world), as_user("mine_director"), as_user("county_officer")
    act(county, reverse("confirm_part", args=part_address(world)), {"do": "return", **LOOKED})
    said = {"release_for": "实测锚杆间距合格", "release_files": SimpleUploadedFile("实测.txt", b"0.8 m")}
    assert mine.post(request_of(hazard, "release"), said).status_code == 302
    decide = reverse("confirm_part", args=[hazard.ledger, hazard.serial, "release"])
    assert decide in page_of(county, "confirmations")
