"""Who leaves his last post is out at once: browser, keys, open pages, the next log-in."""

import asyncio
import json
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.access.sessions import key_digest
from kuangan.core.models import ApiToken, Notice, Post, Tenure
from kuangan.core.queries import events_of, user_of_token
from kuangan.law.role import Role
from kuangan.web.frame import live
from kuangan.web.frame.live import OVER, Hub, Stream
from tests.city import PASSWORD
from tests.web.world import SECRET, further_person


def post_of(world, username: str) -> Post:
    return Tenure.objects.get(person__user__username=username, to_at=None).post


def logs_in(username: str):
    code = pyotp.TOTP(SECRET).at(clock.wall_now())
    return Client().post("/login/", {"username": username, "password": PASSWORD, "code": code})


def test_who_is_relieved_of_his_only_post_is_out_with_browser_and_key(world, as_user):
    clerk, browser = world.users["county_clerk"], as_user("county_clerk")
    token = actions.issue_api_token(actor=clerk, name="统计")
    assert browser.get(reverse("account")).status_code == 200
    assert user_of_token(token) == clerk
    actions.relieve(actor=None, post=post_of(world, "county_clerk"))
    assert browser.get(reverse("account")).status_code == 302
    assert user_of_token(token) is None
    assert not clerk.sessions.exists()
    assert "没有任职岗位" in logs_in("county_clerk").content.decode()


def test_a_successor_turns_the_one_before_out_and_keeps_his_own_browser(world, as_user):
    newcomer = further_person(world.city, "county_clerk_b", "county", Role.clerk)
    world.users["county_clerk_b"] = newcomer
    before, after = as_user("county_clerk"), as_user("county_clerk_b")
    actions.appoint(actor=None, post=post_of(world, "county_clerk"), person=newcomer.person)
    assert before.get(reverse("account")).status_code == 302
    assert after.get(reverse("account")).status_code == 200


def test_who_keeps_another_post_stays(world, as_user):
    clerk, browser = world.users["county_clerk"], as_user("county_clerk")
    first = post_of(world, "county_clerk")
    second = actions.create_post(actor=None, unit=world.city.units["county"], title="内勤", role=Role.clerk)
    actions.appoint(actor=None, post=second, person=clerk.person)
    actions.relieve(actor=None, post=first)
    assert browser.get(reverse("account")).status_code == 200


def test_a_post_that_ends_at_a_moment_set_before_ends_access_at_that_moment(world, as_user):
    clerk, browser = world.users["county_clerk"], as_user("county_clerk")
    actions.issue_api_token(actor=clerk, name="统计")
    actions.relieve(actor=None, post=post_of(world, "county_clerk"), at=clock.now() + timedelta(hours=1))
    assert actions.end_access_of_leavers() == 0
    assert browser.get(reverse("account")).status_code == 200
    clock.move(clock.now() + timedelta(hours=1), rate=1.0)
    assert actions.end_access_of_leavers() == 1
    assert browser.get(reverse("account")).status_code == 302
    assert not ApiToken.objects.filter(user=clerk, stopped_at=None).exists()
    assert actions.end_access_of_leavers() == 0


def test_every_process_looks_at_its_streams_when_access_changed():
    async def told(account: int) -> bool:
        hub = Hub()
        hub.streams.add(Stream(("1404/",), user=7, session="s"))
        hub._spread(json.dumps({"account": account}))
        return hub.asked.is_set()

    assert asyncio.run(told(7))
    assert not asyncio.run(told(8))


def test_the_open_page_of_a_leaver_is_told_that_it_is_over(world, as_user):
    clerk, client = world.users["county_clerk"], as_user("county_clerk")
    session = key_digest(client.session.session_key)
    stream = Stream(tuple(live._sights([(clerk.pk, session)])[clerk.pk, session]), user=clerk.pk, session=session)
    hub = Hub()
    hub.streams.add(stream)
    hub.end_strangers({(clerk.pk, session)}, live._sights([(clerk.pk, session)]))
    assert stream.waiting.empty()
    actions.relieve(actor=None, post=post_of(world, "county_clerk"))
    hub.end_strangers({(clerk.pk, session)}, live._sights([(clerk.pk, session)]))
    assert (stream.waiting.get_nowait(), stream.waiting.get_nowait()) == (OVER, None)


def test_the_use_of_a_key_is_noted_once_a_minute_and_shown(world, as_user):
    token = actions.issue_api_token(actor=world.users["county_officer"], name="统计")
    listed = reverse("api_tokens")
    assert "未使用过" in as_user("operator").get(listed).content.decode()
    asked = {"Authorization": f"Bearer {token}"}
    assert Client(headers=asked).get("/api/ledgers").status_code == 200
    first = ApiToken.objects.get().last_used_at
    Client(headers=asked).get("/api/ledgers")
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=1))
    Client(headers=asked).get("/api/ledgers")
    assert ApiToken.objects.get().last_used_at >= first
    assert "未使用过" not in as_user("operator").get(listed).content.decode()


@pytest.mark.parametrize(("left", "told"), [(timedelta(days=14), 1), (timedelta(days=14, minutes=1), 0)])
def test_the_owner_is_told_once_before_a_key_ends(world, left, told):
    officer = world.users["county_officer"]
    actions.issue_api_token(actor=officer, name="统计")
    ApiToken.objects.update(expires_at=clock.wall_now() + left)
    assert actions.tell_ending_keys() == told
    assert Notice.objects.filter(kind="api_token", person=officer.person).count() == told
    assert actions.tell_ending_keys() == 0


def test_leaving_is_on_the_trail(world, as_user):
    clerk = world.users["county_clerk"]
    as_user("county_clerk").get(reverse("account"))
    actions.relieve(actor=None, post=post_of(world, "county_clerk"))
    assert events_of(clerk).last().action == "sessions_ended"
