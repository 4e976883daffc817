"""Requests that a page of ours never sends: without its token, under a planted key, with headers that claim to be more."""

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from kuangan.core.models import Event, User
from kuangan.core.queries import events_of
from kuangan.web.urls import urlpatterns
from tests.city import PASSWORD
from tests.web import office_world
from tests.web.matrix import MATRIX
from tests.web.world import feed_file

ELSEWHERE = "https://evil.example"
TOKEN = "csrfmiddlewaretoken"
CLAIMS = {
    "X-HTTP-Method-Override": "POST",
    "X-HTTP-Method": "POST",
    "X-Method-Override": "POST",
    "X-Original-URL": "/status/",
    "X-Rewrite-URL": "/status/",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil.example",
    "Forwarded": "for=127.0.0.1;host=evil.example;proto=https",
    "Remote-User": "operator",
    "X-Forwarded-User": "operator",
}


def browser_of(world, username: str) -> Client:
    """A browser in which somebody is logged in; unlike others of the tests it must show the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users[username], backend="kuangan.core")
    return client


def token_of(client: Client) -> str:
    """The token of a page that the person has open."""
    return client.get(reverse("account")).context["csrf_token"]


def posted_to(world) -> list[str]:
    """Every address that takes a form."""
    names = [pattern.name for pattern in urlpatterns if "POST" in pattern.callback.door.methods]
    return [reverse(name, args=MATRIX[name].args(world)) for name in names]


def test_no_form_is_taken_without_the_token_of_its_page(world):
    client, addresses = browser_of(world, "county_section"), posted_to(world)
    before = Event.objects.count()
    answers = {address: client.post(address, {"form_mark": "x" * 20}) for address in addresses}
    assert len(answers) > 50
    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code != 403} == {}
    assert all("页面已失效" in answer.content.decode() for answer in answers.values())
    assert Event.objects.count() == before


def test_a_form_counts_with_the_token_of_its_own_browser_and_from_our_own_pages_only(world):
    client, other = browser_of(world, "county_section"), browser_of(world, "county_head")
    own, foreign, address = token_of(client), token_of(other), reverse("end_other_sessions")
    assert client.post(address, {TOKEN: foreign}).status_code == 403
    assert client.post(address, {TOKEN: own}, headers={"Origin": ELSEWHERE}).status_code == 403
    assert client.post(address, {TOKEN: own}, headers={"Origin": "null"}).status_code == 403
    assert client.post(address, {TOKEN: own}).status_code == 302


@pytest.fixture
def unbound(world):
    """Nobody needs a code to log in."""
    User.objects.update(totp_secret="")
    return world


def entered(client: Client, username: str) -> str:
    """Log in through the page; the key of the session that the browser has then."""
    answer = client.post(reverse("login"), {"username": username, "password": PASSWORD})
    assert answer.status_code == 302
    return client.cookies[site.SESSION_COOKIE_NAME].value


def with_key(key: str) -> Client:
    client = Client()
    client.cookies[site.SESSION_COOKIE_NAME] = key
    return client


def opens(key: str) -> bool:
    return with_key(key).get(reverse("account")).status_code == 200


def test_a_key_planted_before_the_log_in_opens_nothing_afterwards(unbound):
    invented, of_the_thief = "x" * 32, entered(Client(), "mine_clerk")
    for planted in (invented, of_the_thief):
        fresh = entered(with_key(planted), "mine_dispatcher")
        assert fresh != planted
        assert (opens(fresh), opens(planted)) == (True, False)


def test_whoever_logs_in_again_in_the_same_browser_gets_another_key_and_the_old_one_is_dead(unbound):
    client = Client()
    first, second = (entered(client, "mine_clerk") for _ in range(2))
    assert first != second
    assert (opens(first), opens(second)) == (False, True)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_header_that_claims_another_method_address_place_or_person_changes_no_answer(world, as_user, claim):
    section, mine, nobody = as_user("county_section"), as_user("mine_director"), Client()
    asked = ((section, "cases"), (section, "verify"), (mine, "status"), (nobody, "today"))
    for client, name in asked:
        plain, forged = (client.get(reverse(name), headers=given) for given in ({}, {claim: CLAIMS[claim]}))
        assert forged.status_code == plain.status_code
        assert forged.headers.get("Location") == plain.headers.get("Location")
        assert forged.wsgi_request.user.username == plain.wsgi_request.user.username
        assert not forged.wsgi_request.is_secure()
        assert "evil.example" not in forged.content.decode()
    assert section.get(reverse("cases"), {"_method": "POST"}).status_code == 200


def test_a_forged_method_does_not_evade_the_token(world):
    client = browser_of(world, "county_section")
    for method in ("GET", "HEAD", "DELETE"):
        answer = client.post(reverse("end_other_sessions"), headers={"X-HTTP-Method-Override": method})
        assert answer.status_code == 403


def test_a_new_forged_address_with_each_guess_gains_no_guess_and_is_not_what_is_recorded(world):
    for number in range(6):
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        answer = Client().post(reverse("login"), {"username": "county_head", "password": "x"}, headers=forged)
    assert "登录尝试过于频繁" in answer.content.decode()
    failures = [event for event in events_of(world.users["county_head"]) if event.action == "login_failed"]
    assert {event.source for event in failures} == {"127.0.0.1"}


SEARCHED = {
    # page: who searches, and what finds something
    "cases": ("county_section", "云岭一号"),
    "mines": ("county_section", "云岭一号"),
    "users": ("operator", "云岭一号"),
    "feed_files": ("county_officer", "云岭一号"),
    "circulars": ("mine_director", "开展雨季"),
    "letters": ("county_section", "云岭一号"),
    "incoming_list": ("county_section", "加强雨季"),
    "meetings": ("county_section", "工作调度"),
    "collections": ("county_section", "雨季排水"),
}


def injected(word: str) -> tuple[str, ...]:
    """The word with what would make it find more, were it part of a statement or a pattern."""
    return (
        f"{word}' OR '1'='1",
        f"{word}'); DROP TABLE core_user; --",
        f'{word}" OR 1=1 --',
        f"{word}\\",
        f"{word[0]}%{word[-1]}",
        word[0] + "_" + word[2:],
    )


@pytest.mark.parametrize("page", SEARCHED)
def test_quotes_sql_and_patterns_in_a_search_are_words_that_nobody_wrote(world, as_user, page):
    for thing in ("circular", "letter", "incoming", "meeting", "collection"):
        getattr(office_world, thing)(world)
    feed_file(world.city.mine, 1, world.script.at)
    username, word = SEARCHED[page]
    client = as_user(username)

    def hits(text: str) -> int:
        return len(client.get(reverse(page), {"q": text}).context["table"].rows)

    assert hits(word) > 0
    assert {text: hits(text) for text in injected(word)} == dict.fromkeys(injected(word), 0)
    assert client.get(reverse(page), {"sort": "pk; DROP TABLE core_user"}).status_code == 200
