import json
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.base.turns import Turns
from kuangan.core.access import hashing
from kuangan.core.actions import begin_binding, issue_binding_token, reset_totp
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.core.queries import events_of
from tests.city import PASSWORD
from tests.web.world import SECRET

LOGIN = "/login/"
NEW = "二号巷道-风量充足-83"


def code() -> str:
    return pyotp.TOTP(SECRET).at(clock.wall_now())


def login(**given: str):
    return Client().post(LOGIN, given)


def test_a_signing_account_needs_password_and_code(world):
    right = {"username": "county_head", "password": PASSWORD}
    assert "请输入密码和动态口令" in login(**right).content.decode()
    assert "不正确" in login(**right, code="000000").content.decode()
    assert "不正确" in login(username="county_head", password="x", code=code()).content.decode()
    assert login(**right, code=code()).headers["Location"] == "/"


def test_after_five_failures_one_waits_whether_the_name_is_known_or_not(world):
    for name in ("county_head", "nobody"):
        for _ in range(5):
            assert "不正确" in login(username=name, password="x").content.decode()
        assert "登录尝试过于频繁" in login(username=name, password=PASSWORD, code=code()).content.decode()


def test_the_owner_gets_in_while_somebody_else_guesses(world):
    own = Client()
    given = {"username": "mine_dispatcher", "password": PASSWORD}
    User.objects.filter(username="mine_dispatcher").update(totp_secret="")
    assert own.post(LOGIN, given).status_code == 302
    for _ in range(30):
        login(username="mine_dispatcher", password="x")
    assert "过于频繁" in login(**given).content.decode()
    assert own.post(LOGIN, given).status_code == 302
    assert "登录失败" in own.get("/today/").content.decode()


def test_the_log_in_page_gives_no_typed_password_back(world):
    assert "hunter-hunter" not in login(username="county_head", password="hunter-hunter").content.decode()


def test_a_forged_mark_of_a_known_browser_counts_as_none(world):
    strange = Client()
    strange.cookies["kuangan_browser"] = "eyJhIjoiYiJ9:forged"
    answers = [strange.post(LOGIN, {"username": "county_head", "password": "x"}).content.decode() for _ in range(6)]
    assert "过于频繁" in answers[-1]


def test_a_crowd_at_the_log_in_is_told_to_come_again_and_does_not_count_as_guesses(world, monkeypatch):
    with monkeypatch.context() as crowd:
        crowd.setattr(hashing, "_turns", Turns(at_once=0, waiting=0, patience_s=0.01))
        answers = [login(username="county_head", password="x") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {503}
    assert "稍候" in answers[0].content.decode()
    assert "不正确" in login(username="county_head", password="x").content.decode()


@pytest.mark.parametrize(
    ("wanted", "reached"), [("/cases/", "/cases/"), ("https://example.invalid/", "/"), ("//x", "/")]
)
def test_login_leads_on_within_the_site_only(world, wanted, reached):
    User.objects.update(totp_secret="")
    answer = login(username="mine_dispatcher", password=PASSWORD, next=wanted)
    assert answer.headers["Location"] == reached


def test_who_signs_binds_a_phone_with_the_token_handed_over_and_nothing_else(world, as_user):
    section, address = world.users["county_section"], reverse("bind_code")
    reset_totp(actor=None, user=section)
    token = issue_binding_token(actor=None, user=section)
    client = as_user("county_section")
    assert client.get("/today/").headers["Location"] == address
    for wrong in ("", PASSWORD, "ABCD-EFGH-JKMN"):
        refused = client.post(address, {"proof": wrong})
        assert "绑定凭证不正确" in refused.content.decode()
    page = client.post(address, {"proof": token.lower()})
    secret = page.context["secret"]
    assert "动态口令不正确" in client.post(address, {"code": "000000"}).content.decode()
    made = client.post(address, {"code": pyotp.TOTP(secret).at(clock.wall_now())})
    assert made.status_code == 302
    assert client.get("/today/").status_code == 200


def test_a_token_binds_once_and_not_after_its_time(world):
    section = world.users["county_section"]
    reset_totp(actor=None, user=section)
    token = issue_binding_token(actor=None, user=section)
    begin_binding(user=section, proof=token)
    with pytest.raises(Refused, match="已使用"):
        begin_binding(user=section, proof=token)
    token = issue_binding_token(actor=None, user=section)
    User.objects.filter(pk=section.pk).update(binding_until=clock.wall_now())
    with pytest.raises(Refused, match="已过期"):
        begin_binding(user=section, proof=token)


def test_tokens_cannot_be_guessed_without_end(world):
    section = world.users["county_section"]
    reset_totp(actor=None, user=section)
    token = issue_binding_token(actor=None, user=section)
    for _ in range(5):
        with pytest.raises(Refused, match="不正确"):
            begin_binding(user=section, proof="ABCD-EFGH-JKMN")
    with pytest.raises(Refused, match="过于频繁"):
        begin_binding(user=section, proof=token)


def test_who_does_not_sign_binds_with_his_password(world, as_user):
    User.objects.filter(username="county_duty").update(totp_secret="")
    client, address = as_user("county_duty"), reverse("bind_code")
    assert "密码不正确" in client.post(address, {"proof": "x"}).content.decode()
    assert client.post(address, {"proof": PASSWORD}).context["secret"]


def test_a_new_password_needs_the_old_one_and_keeps_the_session(world, as_user):
    client, address = as_user("mine_dispatcher"), reverse("password")
    good = {"new": NEW, "again": NEW}
    refused = client.post(address, {"old": "x", **good})
    assert refused.context["form"].errors == {"old": ["原密码不正确。"]}
    assert "again" in client.post(address, {"old": PASSWORD, "new": NEW, "again": "x"}).context["form"].errors
    weak = client.post(address, {"old": PASSWORD, "new": "12345", "again": "12345"})
    assert "new" in weak.context["form"].errors
    assert client.post(address, {"old": PASSWORD, **good}).status_code == 302
    assert client.get("/today/").status_code == 200


def test_the_old_password_cannot_be_guessed_without_end_in_a_session_left_open(world, as_user):
    client, wrong = as_user("mine_dispatcher"), {"old": "x", "new": NEW, "again": NEW}
    for _ in range(5):
        client.post(reverse("password"), wrong)
    slowed = client.post(reverse("password"), {**wrong, "old": PASSWORD})
    assert "过于频繁" in slowed.content.decode()
    failed = [event for event in events_of(world.users["mine_dispatcher"]) if event.action == "proof_failed"]
    assert len(failed) == 5


@pytest.mark.parametrize("reason", ["given", "old"])
def test_a_given_or_old_password_is_changed_before_anything_else(world, as_user, reason):
    user = User.objects.filter(username="mine_dispatcher")
    age = timedelta(days=90)
    user.update(**{"given": {"password_given": True}, "old": {"password_set_at": clock.wall_now() - age}}[reason])
    client, address = as_user("mine_dispatcher"), reverse("password")
    for path in ("/today/", reverse("account"), reverse("new_api_token")):
        answer = client.post(path) if "keys" in path else client.get(path)
        assert answer.headers["Location"] == address
    page = client.get(address)
    assert page.status_code == 200
    assert "data-live-address" not in page.content.decode()
    client.post(address, {"old": PASSWORD, "new": NEW, "again": NEW})
    assert "data-live-address" in client.get("/today/").content.decode()


def test_a_password_of_eighty_nine_days_is_still_good_and_none_ages_in_a_demonstration(world, as_user, world_site):
    user = User.objects.filter(username="mine_dispatcher")
    user.update(password_set_at=clock.wall_now() - timedelta(days=89))
    assert as_user("mine_dispatcher").get("/today/").status_code == 200
    user.update(password_set_at=clock.wall_now() - timedelta(days=900))
    world_site.DEMONSTRATION = True
    assert as_user("mine_dispatcher").get("/today/").status_code == 200


def test_demonstration_accounts_only_in_a_demonstration(world, world_site):
    account = {"username": "county_head", "name": "乙六", "unit": "示例县", "title": "局长", "totp_secret": SECRET}
    (world_site.DATA.root / "demo.json").write_text(json.dumps({"password": PASSWORD, "accounts": [account]}))
    assert "演示账号" not in Client().get(LOGIN).content.decode()
    world_site.DEMONSTRATION = True
    shown = Client().get(LOGIN).content.decode()
    assert "演示数据" in shown
    assert code() in shown


def test_logout_ends_the_session(world, as_user):
    client = as_user("mine_dispatcher")
    client.post(reverse("logout"))
    assert client.get("/today/").headers["Location"].startswith(LOGIN)
    assert events_of(world.users["mine_dispatcher"]).last().action == "logged_out"


def test_everybody_starts_where_his_menu_starts(world, as_user):
    starts = {
        name: as_user(name).get("/").headers["Location"] for name in ("mine_dispatcher", "county_head", "operator")
    }
    assert starts == {"mine_dispatcher": "/today/", "county_head": "/today/", "operator": "/start/"}
