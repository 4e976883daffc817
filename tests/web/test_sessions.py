"""Sessions: what a dump holds, how long they last unused, how many there may be, what browsers keep."""

from datetime import timedelta

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.access.sessions import key_digest
from kuangan.core.actions import disable_user, sweep_sessions
from kuangan.core.models import LoginSession
from kuangan.core.queries import events_of
from tests.city import PASSWORD

BACKGROUND = {"X-Kuangan-Background": "1"}


def key_of(client: Client) -> str:
    return client.cookies[site.SESSION_COOKIE_NAME].value


def row_of(client: Client) -> LoginSession:
    return LoginSession.objects.get(key_sha256=key_digest(key_of(client)))


def unused_for(client: Client, time: timedelta) -> None:
    LoginSession.objects.filter(pk=row_of(client).pk).update(seen_at=clock.wall_now() - time)


def is_in(client: Client, **more: str) -> bool:
    return client.get(reverse("account"), headers=more).status_code == 200


def browser_of(name: str) -> Client:
    client = Client()
    answer = client.post("/login/", {"username": name, "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture
def unbound(world):
    """Nobody needs a code, so that clerks log in with the password alone."""
    user = world.users["mine_clerk"]
    user.totp_secret = ""
    user.save()
    return user


def test_no_session_key_of_a_dump_opens_a_session(world, as_user):
    client = as_user("county_head")
    assert is_in(client)
    dumped = LoginSession.objects.values_list()
    assert key_of(client) not in str(list(dumped))
    for row in LoginSession.objects.all():
        thief = Client()
        for stolen in (row.key_sha256, row.data):
            thief.cookies[site.SESSION_COOKIE_NAME] = stolen
            assert thief.get("/today/").status_code == 302


@pytest.mark.parametrize(("minutes", "stays"), [(29, True), (30, False)])
def test_a_session_nobody_uses_for_half_an_hour_is_over(world, as_user, minutes, stays):
    client = as_user("county_head")
    unused_for(client, timedelta(minutes=minutes))
    assert is_in(client) is stays


def test_pages_that_refresh_themselves_and_the_stream_are_no_use(world, as_user):
    client = as_user("county_head")
    unused_for(client, timedelta(minutes=20))
    before = row_of(client).seen_at
    assert is_in(client, **BACKGROUND)
    assert is_in(client, Accept="text/event-stream")
    assert row_of(client).seen_at == before
    assert is_in(client)
    assert row_of(client).seen_at > before


def test_a_use_is_noted_at_most_once_a_minute_and_costs_reading_pages_nothing(world, as_user):
    client = as_user("county_head")
    is_in(client)
    before = row_of(client).seen_at
    unused_for(client, timedelta(seconds=50))
    assert is_in(client)
    assert row_of(client).seen_at < before
    unused_for(client, timedelta(seconds=60))
    assert is_in(client)
    assert row_of(client).seen_at > before


def test_the_screen_of_a_watch_goes_on_for_a_whole_shift(world, unbound):
    world.users["county_duty"].totp_secret = ""
    world.users["county_duty"].save()
    watching, clerk = browser_of("county_duty"), browser_of("mine_clerk")
    assert (row_of(watching).idle_s, row_of(clerk).idle_s) == (12 * 3600, 30 * 60)


def test_use_does_not_lengthen_a_session_beyond_twelve_hours(world, as_user):
    client = as_user("county_head")
    LoginSession.objects.update(ends_at=clock.wall_now())
    assert not is_in(client)


def test_three_browsers_at_once_the_fourth_ends_the_one_unused_longest(world, unbound):
    browsers = [browser_of("mine_clerk") for _ in range(3)]
    unused_for(browsers[1], timedelta(minutes=10))
    fourth = browser_of("mine_clerk")
    assert [is_in(client) for client in (*browsers, fourth)] == [True, False, True, True]
    assert "session_crowded_out" in {event.action for event in events_of(unbound)}


def test_one_sees_and_ends_ones_own_log_ins_only(world, as_user, unbound):
    own, other = browser_of("mine_clerk"), browser_of("mine_clerk")
    stranger = as_user("county_head")
    page = own.get(reverse("account")).content.decode()
    assert "本次登录" in page
    assert page.count("127.0.0.1") == 2
    assert own.post(reverse("end_session", args=[row_of(stranger).pk])).status_code == 404
    own.post(reverse("end_session", args=[row_of(other).pk]))
    assert [is_in(client) for client in (own, other, stranger)] == [True, False, True]
    third = browser_of("mine_clerk")
    own.post(reverse("end_other_sessions"))
    assert [is_in(client) for client in (own, third)] == [True, False]


def test_a_new_password_ends_the_log_ins_elsewhere_and_this_one_goes_on(world, unbound):
    own, other = browser_of("mine_clerk"), browser_of("mine_clerk")
    new = "二号巷道-风量充足-83"
    assert own.post(reverse("password"), {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert [is_in(client) for client in (own, other)] == [True, False]


def test_a_closed_account_has_no_session_left(world, as_user):
    client = as_user("county_head")
    disable_user(actor=world.users["operator"], user=world.users["county_head"])
    assert not is_in(client)
    assert not LoginSession.objects.filter(user=world.users["county_head"]).exists()


def test_sessions_that_are_over_are_swept_and_noted(world, as_user):
    gone, running = as_user("county_head"), as_user("county_duty")
    unused_for(gone, timedelta(minutes=30))
    assert sweep_sessions(clock.wall_now()) == 1
    assert is_in(running)
    assert events_of(world.users["county_head"]).last().action == "session_expired"


def test_no_page_of_somebody_is_kept_by_a_browser_and_static_files_are(world, as_user):
    client = as_user("county_head")
    pages = ("/today/", "/mines/", reverse("account"), "/nothing-here/", "/api/ledgers", reverse("password"))
    assert {client.get(path).headers["Cache-Control"] for path in pages} == {"no-store"}
    assert "no-store" not in client.get("/static/web/kuangan.css").headers.get("Cache-Control", "")
    assert "Cache-Control" not in Client().get(reverse("public_draws")).headers
