"""Attacks on signatures through the pages, and every way to sign without a code."""

from datetime import timedelta

import pyotp
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kuangan.base import clock
from kuangan.base.period import parse_period
from kuangan.casework.actions import make_move, open_case
from kuangan.casework.models import Case, CaseMove
from kuangan.core.access.signin import LoginOutcome, authenticate
from kuangan.core.actions import confirmed
from kuangan.core.errors import Refused
from kuangan.core.models import Notice, User
from kuangan.core.queries import events_of
from kuangan.core.sealed import seal
from kuangan.flow.reports import KINDS_OF_REPORT, draft_report
from kuangan.law.content import procedures
from kuangan.law.paper import templates
from kuangan.paper.actions import draft_paper, freeze_paper, publish_paper, serve_paper
from kuangan.paper.models import NumberSeries, Paper, PaperState
from tests import letters
from tests.city import PASSWORD
from tests.signing import SECRET, next_code, shown
from tests.web.test_moves import before_order, post, refusals, signed, state
from tests.web.world import World

__all__ = ["before_order"]


def report(world: World, month: str) -> Paper:
    area = world.city.units["county_area"]
    kind, period = KINDS_OF_REPORT["bulletin"], parse_period(month)
    return draft_report(actor=world.users["county_section"], kind=kind, area=area, period=period, at=clock.now())


def look(client, paper: Paper) -> dict[str, str]:
    return shown(client, reverse("report_paper", args=[paper.pk]))


def issue(client, paper: Paper, **posted):
    return client.post(reverse("report_issue", args=[paper.pk]), posted, follow=True).content.decode()


def is_draft(paper: Paper) -> bool:
    paper.refresh_from_db()
    return paper.state == PaperState.draft


def test_226_guesses_of_a_heads_code_lock_the_signature_are_recorded_and_told_and_the_head_still_logs_in(
    world, as_user
):
    head, client, paper = world.users["county_head"], as_user("county_head"), report(world, "2026-02")
    seen = look(client, paper)["seen"]
    for guess in range(226):
        client.post(reverse("report_issue", args=[paper.pk]), {"seen": seen, "code": f"{guess:06}"})
    tried = [event for event in events_of(head) if event.action.startswith("signing")]
    actions = [event.action for event in tried]
    assert (actions[:5], actions[5:]) == (["signing_failed"] * 4 + ["signing_locked"], ["signing_refused"] * 221)
    assert {event.source for event in tried} == {"127.0.0.1"}
    assert "暂停" in issue(client, paper, **look(client, paper))
    assert is_draft(paper)
    told = Notice.objects.get(kind="signing_locked", person=head.person)
    assert told.deliveries.filter(channel="sms").exists()
    code, _ = next_code(head, clock.wall_now())
    assert authenticate("county_head", PASSWORD, code).outcome is LoginOutcome.accepted


def test_an_order_cannot_be_guessed_either(before_order, as_user):
    head = as_user("county_head")
    seen = shown(head, reverse("move", args=[before_order.pk, "order"]))
    for _ in range(5):
        answer = post(head, before_order, "order", seen=seen["seen"], code="000000")
    assert "暂停" in refusals(answer)[0]
    assert "暂停" in refusals(post(head, before_order, "order", **seen))[0]
    assert state(before_order) == "legally_reviewed"


def test_a_signed_code_is_not_taken_for_the_next_paper(world, as_user):
    client, first, second = as_user("county_head"), report(world, "2026-01"), report(world, "2026-02")
    seen = look(client, first)
    assert "已签发" in issue(client, first, **seen)
    assert "已使用" in issue(client, second, **(look(client, second) | {"code": seen["code"]}))
    assert is_draft(second)


def test_the_code_of_another_person_signs_nothing(world, as_user):
    deputy = world.users["county_deputy"]
    User.objects.filter(pk=deputy.pk).update(totp_secret=seal(SECRET[::-1], deputy.place("totp_secret")))
    client, paper = as_user("county_head"), report(world, "2026-02")
    code, _ = next_code(deputy, clock.wall_now())
    assert "不正确" in issue(client, paper, **(look(client, paper) | {"code": code}))
    assert is_draft(paper)


def test_what_was_shown_to_another_or_of_another_paper_or_not_at_all_is_not_signed(world, as_user):
    client, paper, other = as_user("county_head"), report(world, "2026-01"), report(world, "2026-02")
    code = look(client, paper)["code"]
    of_other, of_deputy = look(client, other)["seen"], look(as_user("county_deputy"), paper)["seen"]
    for seen in (of_other, of_deputy, "", "x"):
        assert "核对" in issue(client, paper, seen=seen, code=code)
    assert (is_draft(paper), is_draft(other)) == (True, True)
    assert not events_of(world.users["county_head"]).filter(action__startswith="signing")
    assert "已签发" in issue(client, paper, **look(client, paper))


def test_two_lists_in_one_request_sign_neither(world, as_user):
    client, paper, other = as_user("county_head"), report(world, "2026-01"), report(world, "2026-02")
    seen = look(client, paper)
    both = {"seen": [seen["seen"], look(client, other)["seen"]], "code": [seen["code"], seen["code"]]}
    assert "不一致" in issue(client, paper, **both)
    assert (is_draft(paper), is_draft(other)) == (True, True)


def test_a_report_changed_after_it_was_read_is_read_again(world, as_user):
    client, paper = as_user("county_head"), report(world, "2026-02")
    seen = look(client, paper)
    words = {"summary": "总体平稳。", "demands": ""}
    as_user("county_clerk").post(reverse("report_paper", args=[paper.pk]), words)
    assert "不一致" in issue(client, paper, **seen)
    assert is_draft(paper)


def test_a_letter_is_signed_with_a_code_only_and_sent_back_without(world, as_user):
    made, client = letters.reviewed(world.city), as_user("county_head")
    look_at = reverse("preview", args=[made.pk, "issue"])
    for given in ({}, {"code": "000000"}, {**shown(client, look_at, {}), "code": ""}):
        post(client, made, "issue", **given)
    assert state(made) == "reviewed"
    assert signed(client, made, "issue").status_code == 302
    assert made.papers.get().paper.number == "晋(襄垣)煤安督〔2026〕1号"
    second = letters.reviewed(world.city)
    post(client, second, "decline", opinion="补充")
    assert state(second) == "draft"


def test_what_is_filled_in_after_the_paper_was_shown_is_shown_before_it_is_signed(before_order, world, as_user):
    world.script.do("county_head", before_order, "order")
    clock.move(world.script.at, rate=1.0)
    officer = as_user("county_officer")
    filled = {
        "method": "direct", "receiver": "甲二", "receiver_post": "矿长", "place": "矿调度室",
        "served_at": clock.civil(world.script.at).strftime("%Y-%m-%dT%H:%M:%S"),
        "received_on": clock.civil_date(world.script.at).isoformat(),
    }  # fmt: skip
    preview = reverse("preview", args=[before_order.pk, "serve"])
    seen = shown(officer, preview, filled)
    receipt = SimpleUploadedFile("送达回证.txt", "矿长签收".encode())
    changed = post(officer, before_order, "serve", **(filled | {"receiver": "别人", "files": receipt}), **seen)
    assert "不一致" in refusals(changed)[0]
    assert state(before_order) == "ordered"
    assert "请选择至少一个文件" in refusals(signed(officer, before_order, "serve", **filled))[0]
    filled |= {**shown(officer, preview, filled), "files": SimpleUploadedFile("送达回证.txt", "矿长签收".encode())}
    assert post(officer, before_order, "serve", **filled).status_code == 302
    assert state(before_order) == "served"


PEOPLE = {
    "supervisor": "county", "city": "city", "government": "county_government", "mine": "mine", "unit": "mine",
    "company": "company", "inspectorate": "inspectorate", "office": "county",
}  # fmt: skip
SIGNED_MOVES = [
    (law.id, move.id) for law in procedures() for move in law.moves if move.signing and move.by[0].role != "system"
]


@pytest.mark.parametrize(("procedure_id", "move_id"), SIGNED_MOVES)
def test_no_signing_step_of_any_procedure_is_made_without_a_confirmation(world, procedure_id, move_id):
    law = next(each for each in procedures() if each.id == procedure_id)
    move, moment = law.move(move_id), clock.now()
    facts = {"overlimits": [], "basis": [], "reason": "", "least_days": 3}
    case = open_case(
        actor=None,
        procedure_id=procedure_id,
        unit=world.city.mine.unit,
        office=world.city.units["county"],
        title="试",
        facts=facts,
        at=moment,
        level="red",
    )
    unit = world.city.units[PEOPLE[move.by[0].relation]]
    actor = User.objects.filter(person__unit=unit, person__tenures__post__role=move.by[0].role).first()
    papers, numbers = Paper.objects.count(), list(NumberSeries.objects.values_list("last", flat=True))
    for source in move.sources:
        Case.objects.filter(pk=case.pk).update(state=source)
        with pytest.raises(Refused, match="动态口令签署确认"):
            make_move(actor=actor, case=case, move_id=move_id, inputs={}, at=moment)
    assert not CaseMove.objects.filter(case=case).exists()
    assert Paper.objects.count() == papers
    assert list(NumberSeries.objects.values_list("last", flat=True)) == numbers


def test_the_steps_that_bind_somebody_are_signed():
    assert {f"{law}.{move}" for law, move in SIGNED_MOVES} == {
        *(f"suspension.{move}" for move in (
            "pass_legal_review", "order", "serve", "publish_order", "pass_extension_review", "extend",
            "decline_extension", "serve_extension",
            "accept_self", "accept_company", "fail_company", "accept", "fail_acceptance", "sign_acceptance", "consent",
            "refuse_consent", "approve", "resume", "publish_resumption",
        )),
        "alarm_handling.accept_power_off",
        *(f"overlimit_followup.accept_{track}" for track in ("cause_analysis", "halt", "accountability")),
        *(f"commissioner_opinion.{move}" for move in ("issue", "order_withdrawal", "allow_resumption")),
        *(f"rectification.{move}" for move in (
            "sign_result", "confirm_acceptance", "sign_for_failure", "confirm_failure",
        )),
        *(f"{kind}_letter.issue" for kind in ("supervision", "reminder", "urging")),
        *(f"administrative_penalty.{move}" for move in (
            "file", "approve_report", "pass_legal_review", "refuse_legal_review", "serve_pre_notice", "convene_hearing",
            "serve_hearing_notice", "postpone_hearing", "report_hearing", "discuss", "decide", "decide_no_penalty",
            "serve_decision", "serve_no_penalty", "publish_decision", "grant_deferral", "close",
        )),
    }  # fmt: skip


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.id)
def test_no_paper_of_any_kind_is_frozen_served_or_published_by_a_person_without_a_confirmation(world, template):
    head, unit, moment = world.users["county_head"], world.city.units["county"], clock.now()

    def draft() -> Paper:
        return draft_paper(
            actor=head,
            template=template.id,
            data=template.sample,
            unit=unit,
            scope=world.city.mine.unit.path,
            at=moment,
        )

    before = set(Paper.objects.exclude(state="draft"))
    actors = [head, None] if template.numbered else [head]
    for actor in actors:
        with pytest.raises(Refused, match="动态口令签署确认"):
            freeze_paper(actor=actor, paper=draft(), at=moment)
    code, at = next_code(head, moment)
    with (
        pytest.raises(Refused, match="动态口令签署确认"),
        confirmed(user=head, code=code, acts=[], seen_at=moment, at=at) as empty,
    ):
        freeze_paper(actor=head, paper=draft(), confirmation=empty, at=moment)
    assert set(Paper.objects.exclude(state="draft")) == before
    if not template.numbered:
        own = freeze_paper(actor=None, paper=draft(), at=moment)
        assert (own.number, own.signer_name) == (None, "")
        with pytest.raises(Refused, match="动态口令签署确认"):
            serve_paper(actor=head, paper=own, method="direct", receiver="甲二", at=moment)
        with pytest.raises(Refused, match="动态口令签署确认"):
            publish_paper(actor=head, paper=own, public_data={}, at=moment)


def test_the_page_says_what_will_be_signed_and_the_owner_finds_it_on_his_account(before_order, as_user):
    head = as_user("county_head")
    page = head.get(reverse("move", args=[before_order.pk, "order"])).content.decode()
    assert "签发《现场处理决定书》" in page
    assert 'autocomplete="one-time-code"' in page
    assert signed(head, before_order, "order").status_code == 302
    assert "签发《现场处理决定书》" in head.get(reverse("account")).content.decode()


def test_a_phone_one_half_minute_off_signs(before_order, as_user):
    head = as_user("county_head")
    seen = shown(head, reverse("move", args=[before_order.pk, "order"]))
    seen["code"] = pyotp.TOTP(SECRET).at(clock.wall_now() + timedelta(seconds=30))
    assert post(head, before_order, "order", **seen).status_code == 302
