"""Steps through the pages: made, refused, previewed; each refusal beside the success it differs from."""

import base64
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.models import User
from tests.signing import shown
from tests.story.script import FOUND_CALIBRATION, FOUND_REAL


def post(client, case: Case, move: str, **inputs):
    return client.post(reverse("move", args=[case.pk, move]), inputs)


def signed(client, case: Case, move: str, **inputs):
    """Fill in, look at the paper, sign."""
    seen = shown(client, reverse("preview", args=[case.pk, move]), inputs)
    return post(client, case, move, **inputs, **seen)


def refusals(response) -> list[str]:
    assert response.status_code == 200
    return [error for errors in response.context["form"].errors.values() for error in errors]


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_a_second_officer_confirms_what_the_first_found(world, as_user):
    first, second = as_user("county_officer"), as_user("county_officer_b")
    assert post(first, world.alarm, "find_real", **FOUND_REAL).status_code == 302
    refused = post(first, world.alarm, "confirm_real", opinion="同意")
    assert "须由两名人员分别确认" in refusals(refused)[0]
    assert state(world.alarm) == "found_real"
    assert post(second, world.alarm, "confirm_real", opinion="同意").status_code == 302
    assert state(world.alarm) == "confirmed_real"


def test_a_missing_field_stands_beside_it_and_what_was_typed_stays(world, as_user):
    refused = post(as_user("county_officer"), world.alarm, "find_real", method="phone")
    assert refusals(refused) == ["请填写“核实情况”"]
    assert 'value="phone"' in refused.content.decode()
    assert state(world.alarm) == "reported"


def test_calibration_needs_evidence_and_files_are_kept(world, as_user):
    client = as_user("county_officer")
    without = {**FOUND_CALIBRATION, "hand_reading": "", "neighbours": ""}
    assert refusals(post(client, world.alarm, "find_not_real", **without)) != []
    picture = SimpleUploadedFile("对照读数.txt", b"0.30")
    shown = {**without, "neighbours": "邻近测点 0.25", "files": picture}
    made = post(client, world.alarm, "find_not_real", **shown)
    assert made.status_code == 302
    kept = world.alarm.moves.get(move="find_not_real").attachments.get()
    answer = client.get(reverse("case_attachment", args=[world.alarm.pk, kept.pk]))
    assert b"".join(answer.streaming_content) == b"0.30"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_of_another_kind_is_refused_beside_its_field(world, as_user):
    client = as_user("county_officer")
    program = SimpleUploadedFile("工具.exe", b"MZ")
    refused = post(client, world.alarm, "find_real", **FOUND_REAL, files=program)
    assert "files" in refused.context["form"].errors
    assert state(world.alarm) == "reported"


def test_the_step_that_waits_stands_out_and_one_that_was_made_does_not(world, as_user):
    """After 停电撤人 was reported the mine may report it again, but nobody waits for that."""

    def outstanding(name: str) -> list[str]:
        page = as_user(name).get(reverse("case", args=[world.alarm.pk])).content.decode()
        return re.findall(r'class="btn btn-sm btn-primary" href="[^"]*/moves/(\w+)/', page)

    assert outstanding("mine_dispatcher") == ["report_power_off"]
    now, files = world.script.at, world.city.evidence("mine_dispatcher")
    done = {"power_off_at": now, "withdrawn_at": now, "people": 12, "scope": "1301工作面", "files": files}
    world.script.do("mine_dispatcher", world.alarm, "report_power_off", **done)
    clock.move(world.script.at, rate=1.0)
    assert outstanding("mine_dispatcher") == []
    mine_page = as_user("mine_dispatcher").get(reverse("case", args=[world.alarm.pk])).content.decode()
    assert reverse("move", args=[world.alarm.pk, "report_power_off"]) in mine_page
    assert outstanding("county_officer") == ["accept_power_off"]


def test_somebody_who_may_not_is_sent_back_to_the_case(world, as_user):
    answer = post(as_user("mine_dispatcher"), world.alarm, "find_real", **FOUND_REAL)
    assert answer.headers["Location"] == reverse("case", args=[world.alarm.pk])
    assert state(world.alarm) == "reported"


@pytest.fixture
def before_order(world) -> Case:
    """A suspension that waits for the head of the bureau."""
    script = world.script
    script.confirm(world.alarm)
    script.real_alarm(point="first-1302-T2")
    case = script.suspension()
    script.do("county_officer", case, "propose", days=3, scope="mine", requirements="整改", opinion="建议")
    script.do("county_officer_b", case, "countersign", opinion="同意")
    script.do("county_section", case, "review", opinion="同意")
    script.do("county_legal", case, "pass_legal_review", opinion="同意")
    clock.move(script.at, rate=1.0)
    return case


def test_an_order_needs_the_one_time_code_and_a_code_works_once(before_order, as_user):
    head = as_user("county_head")
    seen = shown(head, reverse("move", args=[before_order.pk, "order"]))
    assert refusals(post(head, before_order, "order", **(seen | {"code": ""}))) == ["请输入动态口令"]
    assert "动态口令不正确" in refusals(post(head, before_order, "order", **(seen | {"code": "000000"})))[0]
    assert state(before_order) == "legally_reviewed"
    assert post(head, before_order, "order", **seen).status_code == 302
    assert state(before_order) == "ordered"
    frozen = before_order.papers.get(paper__template="onsite_decision").paper
    assert frozen.number
    answer = head.get(reverse("paper_pdf", args=[frozen.pk]))
    assert answer.content.startswith(b"%PDF")


def test_the_paper_is_shown_before_the_step(before_order, as_user):
    page = as_user("county_head").get(reverse("move", args=[before_order.pk, "order"]))
    (draft,) = page.context["drafts"]
    assert (draft.title, draft.trouble) == ("现场处理决定书", "")
    assert base64.b64decode(draft.pages[0].partition(",")[2]).startswith(b"\x89PNG")
    assert state(before_order) == "legally_reviewed"


def test_a_half_filled_form_says_what_the_paper_still_needs(before_order, world, as_user):
    officer = as_user("county_officer")
    world.script.do("county_head", before_order, "order")
    clock.move(world.script.at, rate=1.0)
    address = reverse("preview", args=[before_order.pk, "serve"])
    assert "须填写" in officer.post(address, {}).context["trouble"]
    filled = {
        "method": "direct",
        "receiver": "甲二",
        "receiver_post": "矿长",
        "place": "矿调度室",
        "served_at": clock.civil(world.script.at).strftime("%Y-%m-%dT%H:%M:%S"),
        "received_on": clock.civil_date(world.script.at).isoformat(),
    }
    receipt, order = officer.post(address, filled).context["drafts"]
    assert (receipt.title, len(receipt.pages), order.title) == ("送达收执", 1, "现场处理决定书")


def test_two_officers_join_alarms(world, as_user):
    other = world.script.alarm(point="first-1302-T0")
    clock.move(world.script.at, rate=1.0)
    first, second = as_user("county_officer"), as_user("county_officer_b")
    page = reverse("case", args=[other.pk])
    first.post(reverse("regroup", args=[other.pk]), {"kind": "join", "target": world.alarm.pk, "reason": "同一气源"})
    proposed = other.regroupings.get()
    confirm = reverse("confirm_regroup", args=[other.pk, proposed.pk])
    assert "须由两人办理" in first.post(confirm, follow=True).content.decode()
    assert "确认" in second.get(page).content.decode()
    assert second.post(confirm).headers["Location"] == reverse("case", args=[world.alarm.pk])
    assert state(other) == "merged"


def test_a_notice_is_signed_for_once(world, as_user):
    address = reverse("sign_notice", args=[world.notice.pk])
    client = as_user("mine_dispatcher")
    client.post(address)
    world.notice.refresh_from_db()
    assert world.notice.received_by == User.objects.get(username="mine_dispatcher")
    assert "已由" in client.post(address, follow=True).content.decode()


def test_a_calibration_is_filed_before_it_happens_not_after(world, as_user):
    client, address = as_user("mine_engineer"), reverse("calibrations")
    filled = {"point": world.point.pk, "gas_value": "2.00", "person_name": "甲四"}
    late = {**filled, "from_at": "2026-03-10T07:00:00", "to_at": "2026-03-10T08:00:00"}
    assert "不能事后报备" in refusals(client.post(address, late))[0]
    coming = {**filled, "from_at": "2026-03-10T12:00:00", "to_at": "2026-03-10T13:00:00"}
    assert client.post(address, coming).status_code == 302
    assert world.point.calibrations.count() == 1
    another_mine = {**coming, "point": world.city.points["second-1301-T0"].pk}
    assert "point" in client.post(address, another_mine).context["form"].errors


def test_a_step_that_is_too_early_says_so_and_has_no_button(before_order, world, as_user):
    script = world.script
    script.do("county_head", before_order, "order")
    script.serve(before_order)
    clock.move(script.at, rate=1.0)
    officer, address = as_user("county_officer"), reverse("move", args=[before_order.pk, "resume"])
    page = officer.get(address).content.decode()
    assert "停产整顿期限未满" in page
    assert "disabled>" in page
    assert "停产整顿期限未满" in refusals(officer.post(address))[0]
    assert officer.post(reverse("preview", args=[before_order.pk, "resume"])).context["drafts"] == ()
    assert state(before_order) == "served"
