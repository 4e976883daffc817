"""Two persons for resets and signing posts: nobody alone becomes a signer, and the owner hears of it."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, LoginSession, Notice, Post, RequestKind, Tenure, User
from kuangan.core.queries import events_of, may_sign_from
from kuangan.law.role import Role
from tests.city import PASSWORD
from tests.web.world import SECRET

NEW = "二号巷道-风量充足-83"


def post_of(world, role: Role) -> Post:
    return Post.objects.filter(unit=world.city.units["county"], role=role).order_by("pk").first()


def asked(client: Client, world, username: str, kind: str) -> str:
    """The address of a reset that was asked for."""
    address = reverse("user", args=[world.users[username].pk])
    answer = client.post(address, {"do": kind, "reason": "更换手机，已当面核实"})
    return answer.headers["Location"]


def shown_secret(answer) -> str:
    return re.search(r'class="token">([^<]+)<', answer.content.decode()).group(1)


def test_the_operator_alone_resets_nobody(world, as_user):
    client, head = as_user("operator"), world.users["county_head"]
    before = (head.password, head.totp_secret)
    for kind in ("reset_password", "reset_code"):
        address = asked(client, world, "county_head", kind)
        assert "不能审批本人提出的申请" in client.post(address, {"do": "approve"}, follow=True).content.decode()
        assert "批准后领取" in client.post(address, {"do": "password"}, follow=True).content.decode()
    client.post(reverse("user", args=[head.pk]), {"do": "totp"})
    client.post(reverse("user", args=[head.pk]), {"do": "password", "password": NEW})
    head.refresh_from_db()
    assert (head.password, head.totp_secret) == before
    assert set(AccountRequest.objects.values_list("state", flat=True)) == {"waiting"}


def test_no_code_of_ours_resets_or_appoints_alone_whatever_page_calls_it(world):
    operator, head, clerk = (world.users[name] for name in ("operator", "county_head", "county_clerk"))
    alone = (
        lambda: actions.set_password(actor=operator, user=head, password=NEW),
        lambda: actions.reset_totp(actor=operator, user=head),
        lambda: actions.appoint(actor=operator, post=post_of(world, Role.bureau_head), person=clerk.person),
        lambda: actions.set_deputy(
            actor=operator, post=post_of(world, Role.bureau_head), deputy=post_of(world, Role.clerk)
        ),
    )
    for step in alone:
        with pytest.raises(Refused, match="须由一名管理员申请、另一名管理员审批"):
            step()


@pytest.mark.parametrize("role", [Role.bureau_head, Role.section_head, Role.enforcement_officer, Role.mine_director])
def test_no_account_at_a_signing_post_is_opened_by_one(world, as_user, role):
    post = Post.objects.filter(role=role).order_by("pk").first()
    filled = {"unit": post.unit_id, "name": "乙九", "post": post.pk, "username": "new_one", "certificate": "示例-9"}
    client = as_user("operator")
    assert "reason" in client.post(reverse("new_user"), filled).context["form"].errors
    answer = client.post(reverse("new_user"), {**filled, "reason": "新任职"})
    assert answer.headers["Location"].startswith("/users/requests/")
    assert not User.objects.filter(username="new_one").exists()


def test_an_account_at_a_signing_post_needs_two_and_neither_can_log_in_with_it(world, as_user):
    post = post_of(world, Role.section_head)
    filled = {"unit": post.unit_id, "name": "乙九", "post": post.pk, "username": "section_b", "reason": "新任职"}
    operator, security = as_user("operator"), as_user("security_admin")
    address = operator.post(reverse("new_user"), filled).headers["Location"]
    token = shown_secret(security.post(address, {"do": "approve"}))
    assert Tenure.objects.get(post=post, to_at=None).person.name == "乙九"
    assert "批准后领取" in security.post(address, {"do": "password"}, follow=True).content.decode()
    password = shown_secret(operator.post(address, {"do": "password"}))
    assert "已领取过" in operator.post(address, {"do": "password"}, follow=True).content.decode()
    assert token not in operator.get(address).content.decode()
    kept = str(list(AccountRequest.objects.values_list())) + str(list(LoginSession.objects.values_list()))
    assert password not in kept
    assert token not in kept
    owner = Client()
    assert owner.post("/login/", {"username": "section_b", "password": password}).status_code == 302
    assert owner.get("/today/").headers["Location"] == reverse("password")
    owner.post(reverse("password"), {"old": password, "new": NEW, "again": NEW})
    assert owner.get("/today/").headers["Location"] == reverse("bind_code")
    secret = owner.post(reverse("bind_code"), {"proof": token}).context["secret"]
    owner.post(reverse("bind_code"), {"code": pyotp.TOTP(secret).at(clock.wall_now())})
    assert owner.get("/today/").status_code == 200


def test_a_reset_tells_owner_and_unit_ends_sessions_and_holds_the_signature_for_a_day(world, as_user):
    head, own = world.users["county_head"], as_user("county_head")
    actions.issue_api_token(actor=head, name="程序")
    address = asked(as_user("operator"), world, "county_head", "reset_code")
    told = Notice.objects.filter(kind="account_request")
    assert told.filter(person=head.person, title__startswith="有人申请").exists()
    assert told.filter(unit=head.person.unit, person=None).exists()
    assert told.filter(role=Role.security_admin, title__startswith="待审批").exists()
    as_user("security_admin").post(address, {"do": "approve"})
    assert told.filter(person=head.person, title__startswith="已经两名管理员办理").exists()
    assert own.get("/today/").status_code == 302
    assert not head.api_tokens.filter(stopped_at=None).exists()
    head.refresh_from_db()
    until = may_sign_from(head)
    assert timedelta(hours=23, minutes=59) < until - clock.wall_now() <= timedelta(hours=24)
    assert may_sign_from(head, until) is None
    assert may_sign_from(head, until - timedelta(microseconds=1)) == until


def test_a_reset_password_opens_nothing_old_and_must_be_changed(world, as_user):
    operator = as_user("operator")
    address = asked(operator, world, "county_duty", "reset_password")
    as_user("security_admin").post(address, {"do": "approve"})
    code = pyotp.TOTP(SECRET).at(clock.wall_now())
    old = Client().post("/login/", {"username": "county_duty", "password": PASSWORD, "code": code})
    assert "不正确" in old.content.decode()
    password = shown_secret(operator.post(address, {"do": "password"}))
    given = {"username": "county_duty", "password": password, "code": pyotp.TOTP(SECRET).at(clock.wall_now())}
    entered = Client()
    assert entered.post("/login/", given).status_code == 302
    assert entered.get("/today/").headers["Location"] == reverse("password")


def test_a_one_time_password_is_not_given_after_its_time(world, as_user):
    operator = as_user("operator")
    address = asked(operator, world, "county_duty", "reset_password")
    as_user("security_admin").post(address, {"do": "approve"})
    AccountRequest.objects.update(decided_at=clock.wall_now() - timedelta(hours=72))
    assert "期限已过" in operator.post(address, {"do": "password"}, follow=True).content.decode()


def test_who_is_concerned_or_holds_the_same_right_approves_nothing(world, as_user):
    operator, security = world.users["operator"], world.users["security_admin"]
    own = actions.ask_reset(actor=operator, kind=RequestKind.reset_code, user=security, reason="更换手机")
    with pytest.raises(Refused, match="涉及本人"):
        actions.approve_request(actor=security, request=own)
    other = world.users["city_clerk"]
    post = actions.create_post(actor=None, unit=world.city.units["platform"], title="系统管理员（二）", role="operator")
    actions.appoint(actor=None, post=post, person=other.person)
    request = actions.ask_reset(
        actor=operator, kind=RequestKind.reset_code, user=world.users["county_head"], reason="更换手机"
    )
    with pytest.raises(Refused, match="须由安全管理员审批"):
        actions.approve_request(actor=other, request=request)
    with pytest.raises(Refused, match="须由安全管理员审批"):
        actions.approve_request(actor=world.users["audit_admin"], request=request)


def test_a_request_is_refused_with_the_reason(world, as_user):
    address = asked(as_user("operator"), world, "county_head", "reset_code")
    refused = as_user("security_admin").post(address, {"do": "refuse", "answer": ""}, follow=True)
    assert "写明不予批准的理由" in refused.content.decode()
    as_user("security_admin").post(address, {"do": "refuse", "answer": "本人否认"})
    request = AccountRequest.objects.get()
    assert (request.state, request.answer) == ("refused", "本人否认")
    assert "已不予批准" in as_user("security_admin").post(address, {"do": "approve"}, follow=True).content.decode()
    world.users["county_head"].refresh_from_db()
    assert world.users["county_head"].totp_secret


def test_a_withdrawn_request_is_over_and_the_same_one_waits_once(world, as_user):
    operator = as_user("operator")
    address = asked(operator, world, "county_head", "reset_code")
    again = operator.post(reverse("user", args=[world.users["county_head"].pk]), {"do": "reset_code", "reason": "再次"})
    assert "请勿重复提出" in again.content.decode()
    operator.post(address, {"do": "withdraw"})
    assert "已撤回" in as_user("security_admin").post(address, {"do": "approve"}, follow=True).content.decode()
    assert [event.action for event in events_of(AccountRequest.objects.get())] == [
        "account_request_made", "account_request_withdrawn",
    ]  # fmt: skip


def test_the_three_administrators_are_three_persons_who_sign_nothing(world):
    platform = world.city.units["platform"]
    for title, role in (("安全二", Role.security_admin), ("审计二", Role.audit_admin)):
        post = actions.create_post(actor=None, unit=platform, title=title, role=role)
        with pytest.raises(Refused, match="须由不同人员担任"):
            actions.appoint(actor=None, post=post, person=world.users["operator"].person)
        with pytest.raises(Refused, match="现任签字岗位"):
            actions.appoint(actor=None, post=post, person=world.users["county_head"].person)
    with pytest.raises(Refused, match="现任平台管理员"):
        actions.ask_appointment(
            actor=world.users["operator"],
            post=post_of(world, Role.bureau_head),
            person=world.users["audit_admin"].person,
            reason="兼任",
        )


def test_nobody_asks_for_a_signing_post_for_himself(world):
    operator = world.users["operator"]
    with pytest.raises(Refused, match="不能为本人申请"):
        actions.ask_appointment(
            actor=operator, post=post_of(world, Role.bureau_head), person=operator.person, reason="兼任"
        )


def test_a_user_name_that_cannot_be_typed_again_is_refused(world, as_user):
    client, post = as_user("operator"), post_of(world, Role.clerk)
    given = {"unit": post.unit_id, "name": "周新来", "post": post.pk, "reason": "新任"}
    for name in ("zhou xinlai", "-zhou", "z", "zhou\u200bxinlai"):
        assert "不含空格" in client.post(reverse("new_user"), {**given, "username": name}).content.decode()
    signing = post_of(world, Role.bureau_head).pk
    assert (
        "不含空格" in client.post(reverse("new_user"), {**given, "post": signing, "username": "a b"}).content.decode()
    )
    assert not User.objects.filter(username__startswith="zhou").exists()
    client.post(reverse("new_user"), {**given, "username": "周新来-2"})
    assert User.objects.filter(username="周新来-2").exists()


def test_who_opens_an_account_sees_whom_it_relieves(world, as_user):
    post = post_of(world, Role.clerk)
    page = as_user("operator").get(reverse("new_user")).content.decode()
    assert f"{post}（现任{world.users['county_clerk'].person.name}）" in page


def test_the_operator_does_not_close_his_own_account_by_a_slip(world, as_user):
    client, operator = as_user("operator"), world.users["operator"]
    address = reverse("user", args=[operator.pk])
    assert 'value="disable"' not in client.get(address).content.decode()
    assert "不能停用本人的账号" in client.post(address, {"do": "disable"}).content.decode()
    operator.refresh_from_db()
    assert operator.is_active


def test_an_account_is_closed_only_when_that_was_confirmed(world, as_user):
    client, clerk = as_user("operator"), world.users["county_clerk"]
    address = reverse("user", args=[clerk.pk])
    text = client.get(address).content.decode()
    assert f"确认停用“{clerk.username}”" in text
    for sure in ({}, {"sure": "county_head"}):
        assert "账号未停用" in client.post(address, {"do": "disable", **sure}, follow=True).content.decode()
        clerk.refresh_from_db()
        assert clerk.is_active
    client.post(address, {"do": "disable", "sure": clerk.username})
    clerk.refresh_from_db()
    assert not clerk.is_active


def test_a_refused_step_of_a_post_leaves_on_the_page_what_was_typed(world, as_user):
    address = reverse("post", args=[post_of(world, Role.bureau_head).pk])
    person = world.users["county_clerk"].person.pk
    page = as_user("operator").post(address, {"do": "appoint", "person": person}).content.decode()
    assert "请写明申请事由" in page
    assert re.search(rf'<option value="{person}"\s+selected', page)


def test_nobody_alone_fills_the_post_that_stands_in_for_a_signer(world, as_user):
    """An account at the deputy's post, an absence of the signer: one administrator would sign with his own telephone."""
    head, deputy = post_of(world, Role.bureau_head), post_of(world, Role.clerk)
    actions.set_deputy(actor=None, post=head, deputy=deputy)
    operator, stranger = world.users["operator"], world.users["county_duty"].person
    with pytest.raises(Refused, match="另一名管理员审批"):
        actions.appoint(actor=operator, post=deputy, person=stranger)
    given = {"unit": deputy.unit_id, "post": deputy.pk, "name": "新人", "username": "newcomer", "reason": "接替"}
    as_user("operator").post(reverse("new_user"), given)
    as_user("operator").post(reverse("post", args=[deputy.pk]), {"do": "appoint", "person": stranger.pk, "reason": "x"})
    assert not User.objects.filter(username="newcomer").exists()
    assert not Tenure.objects.filter(post=deputy, person=stranger).exists()
