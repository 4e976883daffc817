import json

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.models import User
from tests.city import PASSWORD
from tests.web.world import SECRET

LOGIN = "/login/"


def code() -> str:
    return pyotp.TOTP(SECRET).at(clock.wall_now())


def login(**given: str):
    return Client().post(LOGIN, given)


def test_a_signing_account_needs_password_and_code(world):
    right = {"username": "county_head", "password": PASSWORD}
    assert "请输入动态口令" in login(**right).content.decode()
    assert "不正确" in login(**right, code="000000").content.decode()
    assert "不正确" in login(username="county_head", password="x", code=code()).content.decode()
    assert login(**right, code=code()).headers["Location"] == "/"


def test_five_failures_lock_the_account(world):
    for _ in range(5):
        login(username="county_head", password="x")
    assert "已锁定" in login(username="county_head", password=PASSWORD, code=code()).content.decode()


@pytest.mark.parametrize(
    ("wanted", "reached"), [("/cases/", "/cases/"), ("https://example.invalid/", "/"), ("//x", "/")]
)
def test_login_leads_on_within_the_site_only(world, wanted, reached):
    User.objects.update(totp_secret="")
    answer = login(username="mine_dispatcher", password=PASSWORD, next=wanted)
    assert answer.headers["Location"] == reached


def test_who_signs_binds_a_code_before_anything_else(world, as_user):
    User.objects.filter(username="county_section").update(totp_secret="")
    client = as_user("county_section")
    assert client.get("/today/").headers["Location"] == reverse("bind_code")
    page = client.get(reverse("bind_code"))
    secret = page.context["secret"]
    refused = client.post(reverse("bind_code"), {"code": "000000"})
    assert "动态口令不正确" in refused.content.decode()
    made = client.post(reverse("bind_code"), {"code": pyotp.TOTP(secret).at(clock.wall_now())})
    assert made.status_code == 302
    assert client.get("/today/").status_code == 200


def test_a_new_password_needs_the_old_one_and_keeps_the_session(world, as_user):
    client, address = as_user("mine_dispatcher"), reverse("password")
    refused = client.post(address, {"old": "x", "new": "二号巷道-风量充足-八十三"})
    assert refused.context["form"].errors == {"old": ["原密码不正确"]}
    weak = client.post(address, {"old": PASSWORD, "new": "12345"})
    assert "new" in weak.context["form"].errors
    assert client.post(address, {"old": PASSWORD, "new": "二号巷道-风量充足-八十三"}).status_code == 302
    assert client.get("/today/").status_code == 200


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


def test_everybody_starts_where_his_menu_starts(world, as_user):
    starts = {
        name: as_user(name).get("/").headers["Location"] for name in ("mine_dispatcher", "county_head", "operator")
    }
    assert starts == {"mine_dispatcher": "/today/", "county_head": "/today/", "operator": "/status/"}
