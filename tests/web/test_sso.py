"""Single sign-on against a real provider over HTTP: `oidc-provider-mock` (authlib's own server parts, RSA keys of its own), with PKCE enforced."""

import base64
import hashlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

httpx = pytest.importorskip("httpx")
mock = pytest.importorskip("oidc_provider_mock")
werkzeug_serving = pytest.importorskip("werkzeug.serving")

from kuangan.base import clock  # noqa: E402
from kuangan.core import actions  # noqa: E402
from kuangan.core.models import Event, User  # noqa: E402
from kuangan.core.queries import events_of  # noqa: E402
from tests.web.world import SECRET  # noqa: E402


@dataclass
class Pkce:
    """In front of the provider: a token is given only to who shows the verifier of the challenge that he began with."""

    app: object
    challenges: set[str] = field(default_factory=set)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def __call__(self, environ, start):
        if environ["PATH_INFO"].endswith("/authorize"):
            query = parse_qs(environ["QUERY_STRING"])
            self.asked.append(query)
            self.challenges |= set(query.get("code_challenge", ()))
        if environ["PATH_INFO"].endswith("/token"):
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            verifier = parse_qs(body.decode()).get("code_verifier", [""])[0]
            made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            if made not in self.challenges:
                start("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']
            environ["wsgi.input"] = BytesIO(body)
        return self.app(environ, start)


PEOPLE = {
    "signer": {"phone_number": "+86 139-0000-0101", "employee_number": "GH-101"},
    "clerk": {"phone_number": "13900000102"},
    "nobody": {"phone_number": "13900000999"},
    "admin": {"phone_number": "13900000103"},
    "phoneless": {},
}


@dataclass
class Running:
    issuer: str
    pkce: Pkce


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    people = [mock.User(sub=sub, claims=claims) for sub, claims in PEOPLE.items()]
    pkce = Pkce(mock.app(require_nonce=True, user_claims=people))
    server = werkzeug_serving.make_server("localhost", 0, pkce, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield Running(f"http://localhost:{server.server_port}", pkce)
    server.shutdown()
    thread.join(5)


@pytest.fixture
def site(world, running, settings):
    """The world, with people who have telephones, and the provider set."""
    for username, phone in (
        ("county_section", "139 0000 0101"),
        ("county_clerk", "13900000102"),
        ("operator", "13900000103"),
    ):
        person = world.users[username].person
        actions.set_person_phone(actor=None, person=person, phone=phone)
    actions.set_person_number(actor=None, person=world.users["county_section"].person, number="GH-101")
    User.objects.filter(username="county_clerk").update(totp_secret="")
    settings.KUANGAN_OIDC = {
        "issuer": running.issuer,
        "client_id": "kuangan",
        "client_secret": "secret",
        "label": "统一登录",
        "claim": "phone_number",
        "matches": "phone",
        "administrators": False,
    }
    return world


def came_back(browser: Client, sub: str, **changed: str):
    """Through the provider and back, as a browser goes."""
    out = browser.get(reverse("sso"))
    assert out.status_code == 302, out.content.decode()
    agreed = httpx.post(out.headers["Location"], data={"sub": sub}, trust_env=False)
    query = {key: values[0] for key, values in parse_qs(urlsplit(agreed.headers["Location"]).query).items()}
    return browser.get(reverse("sso_return"), query | changed)


def test_a_clerk_gets_in_without_a_password_of_ours(site, running):
    browser = Client()
    assert "统一登录" in browser.get("/login/").content.decode()
    assert came_back(browser, "clerk").headers["Location"] == reverse("home")
    assert browser.get(reverse("account")).status_code == 200
    assert events_of(site.users["county_clerk"]).last().action == "logged_in"
    asked = running.pkce.asked[-1]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    assert asked["state"]


def test_whose_post_signs_still_gives_our_own_code(site):
    browser = Client()
    assert came_back(browser, "signer").headers["Location"] == reverse("sso_code")
    assert browser.get("/today/").status_code == 302
    assert "动态口令不正确" in browser.post(reverse("sso_code"), {"code": "000000"}).content.decode()
    code = pyotp.TOTP(SECRET).at(clock.wall_now())
    assert browser.post(reverse("sso_code"), {"code": code}).headers["Location"] == reverse("home")
    assert browser.get("/today/").status_code == 200


def test_accounts_are_found_by_personnel_number_where_that_is_set(site, settings):
    settings.KUANGAN_OIDC = settings.KUANGAN_OIDC | {"claim": "employee_number", "matches": "number"}
    assert came_back(Client(), "signer").headers["Location"] == reverse("sso_code")


@pytest.mark.parametrize(
    ("sub", "said"),
    [("nobody", "没有登记该手机号"), ("admin", "平台管理员不经统一登录"), ("phoneless", "没有给出手机号")],
)
def test_nobody_is_made_an_account_and_no_administrator_comes_this_way(site, sub, said):
    before, browser = User.objects.count(), Client()
    answer = came_back(browser, sub)
    assert answer.status_code == 403
    assert said in answer.content.decode()
    assert User.objects.count() == before
    assert browser.get(reverse("account")).status_code == 302
    assert Event.objects.filter(action="sso_refused").exists()


def test_administrators_come_this_way_only_where_that_is_set(site, settings):
    settings.KUANGAN_OIDC = settings.KUANGAN_OIDC | {"administrators": True}
    assert came_back(Client(), "admin").headers["Location"] == reverse("sso_code")


def test_two_people_of_one_telephone_are_nobody(site):
    actions.set_person_phone(actor=None, person=site.users["county_duty"].person, phone="13900000102")
    assert "多人登记" in came_back(Client(), "clerk").content.decode()


def test_another_state_another_browser_or_a_second_use_gets_nobody_in(site):
    assert "不是由本浏览器发起" in came_back(Client(), "clerk", state="other").content.decode()
    out = Client().get(reverse("sso")).headers["Location"]
    agreed = httpx.post(out, data={"sub": "clerk"}, trust_env=False)
    query = {key: values[0] for key, values in parse_qs(urlsplit(agreed.headers["Location"]).query).items()}
    assert "不是由本浏览器发起" in Client().get(reverse("sso_return"), query).content.decode()
    browser = Client()
    assert came_back(browser, "clerk").status_code == 302
    assert "不是由本浏览器发起" in browser.get(reverse("sso_return"), query).content.decode()


def test_a_wrong_code_and_a_refusal_say_where(site):
    assert "换取凭证时" in came_back(Client(), "clerk", code="stolen").content.decode()
    browser = Client()
    out = browser.get(reverse("sso")).headers["Location"]
    state = parse_qs(urlsplit(out).query)["state"][0]
    denied = browser.get(reverse("sso_return"), {"error": "access_denied", "state": state})
    assert "未同意登录（授权时）" in denied.content.decode()


def test_a_provider_that_names_another_issuer_is_not_taken(site, settings, running):
    settings.KUANGAN_OIDC = settings.KUANGAN_OIDC | {"issuer": f"{running.issuer}/"}
    answer = Client().get(reverse("sso"))
    assert answer.status_code == 403
    assert "读取服务说明时" in answer.content.decode()


def test_a_silent_provider_is_said_and_the_password_still_works(site, settings):
    settings.KUANGAN_OIDC = settings.KUANGAN_OIDC | {"issuer": "http://localhost:9"}
    answer = Client().get(reverse("sso"))
    assert answer.status_code == 403
    assert "没有应答或应答无法识别（读取服务说明时" in answer.content.decode()
    assert Client().get("/login/").status_code == 200


def test_logging_out_leads_to_the_providers_own_log_out(site, running):
    browser = Client()
    came_back(browser, "clerk")
    page = browser.post(reverse("logout")).content.decode()
    assert "同时退出统一登录" in page
    assert running.issuer in page
    assert browser.get(reverse("account")).status_code == 302


def test_without_a_provider_there_is_no_such_way_in(world, settings):
    settings.KUANGAN_OIDC = {
        **dict.fromkeys(("issuer", "client_id", "client_secret", "label", "claim", "matches"), ""),
        "administrators": False,
    }
    assert "统一登录" not in Client().get("/login/").content.decode()
    for name in ("sso", "sso_return", "sso_code"):
        assert Client().get(reverse(name)).headers["Location"] == reverse("login")
