"""Invitations: from the list of people to the account that the person himself opens."""

import json
import re
from datetime import timedelta

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import (
    AccountInvitation,
    AccountRequest,
    Delivery,
    InvitationIssue,
    Invitee,
    InviteeState,
    Post,
    User,
)
from kuangan.flow.upkeep.invitations import forget_letters, letters_path, work_issues
from kuangan.law.role import Role
from tests.pdf import pdf_text
from tests.web.world import further_person

NEW = "二号巷道-风量充足-83"
CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}")
PHONE = "139 0000-0009"


def without_account(world, name: str, role: Role, title: str, unit: str = "county"):
    """Somebody at a post who has no account."""
    place = world.city.units[unit]
    person = actions.create_person(actor=None, name=name, unit=place, phone="13900000009")
    post = actions.create_post(actor=None, unit=place, title=title, role=role)
    actions.appoint(actor=None, post=post, person=person)
    return person


@pytest.fixture
def clerk(world):
    return without_account(world, "乙十", Role.clerk, "内勤")


@pytest.fixture
def signer(world):
    return without_account(world, "乙丑", Role.section_head, "股长（二）")


def made(world, as_user, unit: str | None = "county") -> AccountInvitation:
    given = {"unit": world.city.units[unit].pk if unit else "", "reason": "新到任"}
    answer = as_user("operator").post(reverse("invitations"), given)
    assert answer.status_code == 302, answer.content.decode()
    return AccountInvitation.objects.latest("pk")


def printed(as_user, invitation: AccountInvitation, kind: str = "letters", by: str = "operator", **more) -> str:
    """The letters as text: asked for, written by the job, taken away."""
    as_user(by).post(reverse("invitation", args=[invitation.pk]), {"do": kind, **more})
    work_issues()
    issue = InvitationIssue.objects.latest("pk")
    assert issue.state == "done", issue.fault
    answer = as_user(by).post(reverse("invitation_letters", args=[issue.pk]))
    assert answer["Content-Type"] == "application/pdf", answer
    return pdf_text(answer.content)


def join(client: Client, **given: str):
    return client.post(reverse("join"), {"name": "乙十", "phone": PHONE, **given})


def opened(client: Client, code: str, **more: str):
    return join(client, code=code, username="newcomer", new=NEW, again=NEW, **more)


def test_from_the_letter_to_the_first_page(world, as_user, clerk):
    invitation = made(world, as_user)
    text = printed(as_user, invitation)
    assert "乙十" in text
    assert "开通地址" in text
    [code] = CODE.findall(text)
    browser = Client()
    assert "乙十" in join(browser, code=code.lower().replace("-", "")).content.decode()
    assert opened(browser, code).headers["Location"] == reverse("home")
    assert browser.get(reverse("account")).status_code == 200
    assert User.objects.get(username="newcomer").person == clerk
    assert Invitee.objects.get().state_at(clock.wall_now()) is InviteeState.used
    again = Client()
    assert "已使用" in join(again, code=code).content.decode()


def test_no_dump_and_no_file_gives_a_code_away(world, as_user, clerk):
    invitation = made(world, as_user)
    [code] = CODE.findall(printed(as_user, invitation))
    issue = InvitationIssue.objects.get()
    with connection.cursor() as cursor:
        for table in ("core_invitee", "core_invitationissue", "core_event", "core_notice", "core_delivery"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")  # noqa: S608  # names from above
            kept = cursor.fetchone()[0]
            assert code not in kept
            assert code.replace("-", "") not in kept
    sealed = letters_path(issue).read_bytes()
    assert b"%PDF" not in sealed
    assert letters_path(issue).stat().st_mode & 0o077 == 0
    InvitationIssue.objects.update(ends_at=clock.wall_now() - timedelta(seconds=1))
    assert forget_letters() == 1
    answer = as_user("operator").post(reverse("invitation_letters", args=[issue.pk]), follow=True)
    assert "请重新生成" in answer.content.decode()


def test_a_signing_post_needs_approval_and_both_codes(world, as_user, clerk, signer):
    invitation = made(world, as_user)
    address = reverse("invitation", args=[invitation.pk])
    refused = as_user("operator").post(address, {"do": "letters"}, follow=True).content.decode()
    assert "须经安全管理员批准" in refused
    asked = AccountRequest.objects.get(kind="invite")
    page = as_user("security_admin").get(reverse("account_request", args=[asked.pk])).content.decode()
    assert "乙丑" in page
    assert "股长（二）" in page
    as_user("security_admin").post(reverse("account_request", args=[asked.pk]), {"do": "approve"})
    text = printed(as_user, invitation)
    code = CODE.findall(text[text.index("乙丑") :])[0]
    browser = Client()
    without = join(browser, code=code, name="乙丑", username="newcomer", new=NEW, again=NEW)
    assert "请填写“绑定凭证”" in without.content.decode()
    given = {"name": "乙丑", "username": "newcomer", "new": NEW, "again": NEW}
    assert "绑定凭证不正确" in join(browser, code=code, binding="AAAA-BBBB-CCCC", **given).content.decode()
    [second] = CODE.findall(printed(as_user, invitation, "bindings", by="security_admin"))
    assert not User.objects.filter(username="newcomer").exists()
    answer = join(browser, code=code, binding=second, **given)
    assert answer.headers["Location"] == reverse("bind_code")
    assert browser.get("/today/").headers["Location"] == reverse("bind_code")
    secret = browser.get(reverse("bind_code")).context["secret"]
    browser.post(reverse("bind_code"), {"code": pyotp.TOTP(secret).at(clock.wall_now())})
    assert browser.get("/today/").status_code == 200


def test_neither_administrator_gets_the_others_codes(world, as_user, signer):
    invitation = made(world, as_user)
    address = reverse("invitation", args=[invitation.pk])
    assert as_user("operator").post(address, {"do": "bindings"}).status_code == 403
    for step in ("letters", "sms", "revoke_all"):
        assert as_user("security_admin").post(address, {"do": step}).status_code == 403
    asked = AccountRequest.objects.get(kind="invite")
    with pytest.raises(Refused, match="本人提出"):
        actions.approve_request(actor=world.users["operator"], request=asked)
    actions.approve_request(actor=world.users["security_admin"], request=asked)
    printed(as_user, invitation)
    issue = InvitationIssue.objects.get()
    assert as_user("security_admin").post(reverse("invitation_letters", args=[issue.pk])).status_code == 404
    assert as_user("audit_admin").post(reverse("invitation_letters", args=[issue.pk])).status_code == 403


def test_who_came_to_a_signing_post_after_the_invitation_is_not_let_in_by_it(world, as_user, clerk):
    [code] = CODE.findall(printed(as_user, made(world, as_user)))
    post = actions.create_post(actor=None, unit=clerk.unit, title="股长（三）", role=Role.section_head)
    actions.appoint(actor=None, post=post, person=clerk)
    assert "须经两名管理员办理" in opened(Client(), code).content.decode()
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize(("left", "in_force"), [(timedelta(seconds=30), True), (timedelta(0), False)])
def test_a_code_ends_at_its_moment(world, as_user, clerk, left, in_force):
    [code] = CODE.findall(printed(as_user, made(world, as_user)))
    held = Invitee.objects.get()
    assert held.expires_at - held.written_at == timedelta(days=14)
    Invitee.objects.update(expires_at=clock.wall_now() + left)
    assert (opened(Client(), code).status_code == 302) is in_force


@pytest.mark.parametrize(
    "wrong", [{"name": "乙九"}, {"phone": "13900000008"}, {"phone": ""}, {"code": "AAAA-BBBB-CCCC"}, {"code": "—"}]
)
def test_whatever_is_wrong_has_the_same_words(world, as_user, clerk, wrong):
    [code] = CODE.findall(printed(as_user, made(world, as_user)))
    answer = opened(Client(), **{"code": code, **wrong}).content.decode()
    assert "姓名、手机号或邀请码不正确" in answer
    assert not User.objects.filter(username="newcomer").exists()


def test_guesses_are_slowed_by_name(world, as_user, clerk):
    [code] = CODE.findall(printed(as_user, made(world, as_user)))
    for _ in range(5):
        assert "不正确" in join(Client(), code="AAAA-BBBB-CCCC").content.decode()
    assert "过于频繁" in join(Client(), code=code).content.decode()


def test_an_unfit_name_or_password_uses_nothing_up(world, as_user, clerk):
    [code] = CODE.findall(printed(as_user, made(world, as_user)))
    browser = Client()
    given = {"code": code, "username": "county_clerk", "new": NEW, "again": NEW}
    assert "已被使用" in join(browser, **given).content.decode()
    assert (
        "不合要求" in join(browser, **{**given, "username": "newcomer", "new": "abc", "again": "abc"}).content.decode()
    )
    unlike = join(browser, **{**given, "username": "newcomer", "again": NEW + "x"}).content.decode()
    assert "两次输入的密码不一致" in unlike
    assert NEW not in unlike
    assert opened(browser, code).status_code == 302


def test_a_letter_written_anew_makes_the_old_code_void(world, as_user, clerk):
    other = without_account(world, "乙十二", Role.clerk, "内勤（二）")
    invitation = made(world, as_user)
    text = printed(as_user, invitation)
    first = dict(zip(sorted(("乙十", "乙十二"), key=text.index), CODE.findall(text), strict=True))
    again = Invitee.objects.get(person=clerk)
    [second] = CODE.findall(printed(as_user, invitation, only=again.pk))
    assert "不正确" in opened(Client(), first["乙十"]).content.decode()
    assert opened(Client(), second).status_code == 302
    kept = join(Client(), code=first["乙十二"], name="乙十二", username="other", new=NEW, again=NEW)
    assert kept.status_code == 302
    assert User.objects.get(username="other").person == other


def test_what_is_taken_back_opens_nothing(world, as_user, clerk):
    invitation = made(world, as_user)
    [code] = CODE.findall(printed(as_user, invitation))
    address = reverse("invitation", args=[invitation.pk])
    as_user("operator").post(address, {"do": "revoke", "only": Invitee.objects.get().pk})
    assert "不正确" in opened(Client(), code).content.decode()
    assert "没有未使用的邀请" in as_user("operator").post(address, {"do": "revoke_all"}, follow=True).content.decode()
    assert made(world, as_user).invitees.get().person == clerk


def test_who_has_left_meanwhile_opens_nothing(world, as_user, clerk):
    [code] = CODE.findall(printed(as_user, made(world, as_user)))
    actions.relieve(actor=None, post=Post.objects.get(title="内勤"))
    assert "没有任职岗位" in opened(Client(), code).content.decode()


def test_texts_go_to_the_gateway_and_leave_no_code_behind(world, as_user, clerk):
    silent = without_account(world, "乙十二", Role.clerk, "内勤（二）")
    actions.set_person_phone(actor=None, person=silent, phone="")
    invitation = made(world, as_user)
    as_user("operator").post(reverse("invitation", args=[invitation.pk]), {"do": "sms"})
    work_issues()
    outbox = letters_path(InvitationIssue.objects.get()).parent.parent / "messages.jsonl"
    [*_, line] = outbox.read_text().splitlines()
    sent = json.loads(line)
    [code] = CODE.findall(sent["text"])
    assert sent["to"] == "13900000009"
    assert code not in Delivery.objects.get(receiver="乙十").text
    page = as_user("operator").get(reverse("invitation", args=[invitation.pk])).content.decode()
    assert "未登记手机号" in page
    assert opened(Client(), code).status_code == 302


def test_the_whole_city_and_one_unit_with_what_lies_below(world, as_user, clerk):
    further_person(world.city, "has_account", "county", Role.clerk)
    miner = without_account(world, "甲十", Role.clerk, "内勤", unit="mine")
    everybody = actions.invite(actor=world.users["operator"], unit=None, reason="全市开通")
    assert {invitee.person for invitee in everybody.invitees.all()} == {clerk, miner}
    actions.revoke_invitation(actor=world.users["operator"], invitation=everybody)
    area = actions.invite(actor=world.users["operator"], unit=world.city.units["county_area"], reason="全县开通")
    assert {invitee.person for invitee in area.invitees.all()} == {clerk, miner}
    with pytest.raises(Refused, match="均已邀请"):
        actions.invite(actor=world.users["operator"], unit=None, reason="再次")
    for other in ("security_admin", "audit_admin", "county_head"):
        with pytest.raises(Refused, match="由系统管理员办理"):
            actions.invite(actor=world.users[other], unit=None, reason="全市开通")


def test_a_job_that_was_interrupted_is_begun_anew(world, as_user, clerk):
    invitation = made(world, as_user)
    as_user("operator").post(reverse("invitation", args=[invitation.pk]), {"do": "letters"})
    InvitationIssue.objects.update(state="working")
    again = as_user("operator").post(reverse("invitation", args=[invitation.pk]), {"do": "letters"}, follow=True)
    assert "尚未完成" in again.content.decode()
    work_issues()
    assert InvitationIssue.objects.get().state == "done"


def test_a_name_no_font_draws_is_said_and_nothing_is_written(world, as_user):
    without_account(world, "乙𫰠", Role.clerk, "内勤")
    invitation = made(world, as_user)
    as_user("operator").post(reverse("invitation", args=[invitation.pk]), {"do": "letters"})
    work_issues()
    issue = InvitationIssue.objects.get()
    assert issue.state == "failed"
    assert "没有可用的字形" in issue.fault
    assert Invitee.objects.get().code_digest == ""


def test_a_units_own_administrator_invites_its_people_who_do_not_sign_and_sees_no_other_unit(world, as_user, signer):
    """By letters in one file; those who sign stay with the two administrators."""
    dispatcher = without_account(world, "甲丑", Role.mine_dispatcher, "调度员（三）", "mine")
    director = without_account(world, "甲寅", Role.mine_director, "副矿长", "mine")
    admin, mine = as_user("mine_unit_admin"), world.city.units["mine"]
    page = admin.get(reverse("invitations")).content.decode()
    assert ("用户与权限" in page, "岗位与用户" in page, "云岭一号煤矿" in page) == (False, False, True)
    assert "开通邀请" in admin.get(reverse("register_unit", args=[mine.code])).content.decode()
    refused = admin.post(reverse("invitations"), {"unit": world.city.units["county"].pk, "reason": "新到任"})
    assert (refused.status_code, AccountInvitation.objects.count()) == (200, 0)
    assert admin.post(reverse("invitations"), {"unit": mine.pk, "reason": "新到任"}).status_code == 302
    invitation = AccountInvitation.objects.get()
    assert [invitee.person for invitee in invitation.invitees.all()] == [dispatcher]
    assert invitation.request is None
    text = printed(as_user, invitation, by="mine_unit_admin")
    assert ("甲丑" in text, "甲寅" in text, len(CODE.findall(text))) == (True, False, 1)
    address = reverse("invitation", args=[invitation.pk])
    assert admin.post(address, {"do": "bindings"}).status_code == 403
    assert (
        "签字和管理岗位人员由系统管理员邀请"
        in admin.post(reverse("invitations"), {"unit": mine.pk, "reason": "新到任"}).content.decode()
    )
    others = made(world, as_user)
    assert others.invitees.get().person == signer
    assert admin.get(reverse("invitation", args=[others.pk])).status_code == 404
    assert reverse("invitation", args=[others.pk]) not in admin.get(reverse("invitations")).content.decode()
    whole = made(world, as_user, "mine")
    assert whole.invitees.get().person == director
    assert admin.get(reverse("invitation", args=[whole.pk])).status_code == 404
    with pytest.raises(Refused, match="系统管理员办理"):
        actions.revoke_invitation(actor=world.users["mine_unit_admin"], invitation=others)
    [code] = CODE.findall(text)
    assert admin.post(address, {"do": "revoke_all"}).status_code == 302
    assert "不正确" in join(Client(), name="甲丑", code=code).content.decode()
