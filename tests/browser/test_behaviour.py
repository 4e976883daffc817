"""What only a browser shows: login, keyboard, live changes, kept drafts, charts under the strict content policy."""

import time

import pyotp
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.base import clock
from kuangan.web.frame.live import _hubs
from tests.browser.conftest import Site
from tests.browser.stage import play
from tests.city import PASSWORD
from tests.web.world import SECRET

pytestmark = pytest.mark.browser


def test_login_with_password_and_code(site: Site, logged_in):
    logged_in("county_head")  # binds everybody's code
    page = logged_in(None)
    page.goto(f"{site.address}/today/")
    page.fill("[name=username]", "county_head")
    page.fill("[name=password]", PASSWORD)
    page.click("text=登录 >> nth=-1")
    expect(page.get_by_role("alert")).to_contain_text("请输入密码和动态口令")
    expect(page.locator("[name=password]")).to_have_value("")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", pyotp.TOTP(SECRET).at(clock.wall_now()))
    page.get_by_role("button", name="登录").click()
    expect(page.locator("h1")).to_have_text("今日")


def test_a_new_alarm_appears_on_the_open_desk_by_itself(site: Site, logged_in):
    page = logged_in("county_duty")
    page.goto(site.address + reverse("desk"))
    expect(page.locator("[data-live-word]")).to_have_text("实时更新中", timeout=20_000)
    expect(page.locator("#queue")).to_contain_text("队列为空")
    expect(page.locator("#on-desk")).to_have_text("0")
    site.script.alarm(peak="3.20")
    expect(page.locator("#queue")).to_contain_text("云岭一号煤矿", timeout=20_000)
    expect(page.locator("#panel")).to_contain_text("云岭一号煤矿", timeout=20_000)
    expect(page.locator("#on-desk")).to_have_text("1")


def test_a_page_in_another_county_hears_nothing(site: Site, logged_in):
    outsider = logged_in("county_duty")
    outsider.goto(site.address + reverse("desk"))
    expect(outsider.locator("[data-live-word]")).to_have_text("实时更新中", timeout=20_000)
    paths = {path for hub in _hubs.values() for stream in hub.streams for path in stream.paths}
    assert paths == {"1404/140423/"}


def test_the_desk_by_keyboard(site: Site, logged_in):
    play(site.city, site.script, site.data)
    page = logged_in("county_officer")
    page.goto(site.address + reverse("desk"))
    rows = page.locator("#queue tbody tr")
    expect(rows.nth(0)).to_have_class("has-red current chosen")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class("has-yellow chosen")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_have_class("has-yellow current chosen")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_have_class("has-red current chosen")
    page.keyboard.press("m")
    expect(page.locator("[data-mute]")).to_contain_text("声音已关")
    first = page.locator("[data-hotkey]").first
    wanted = first.get_attribute("href")
    page.keyboard.press(first.get_attribute("data-hotkey"))
    page.wait_for_url(f"**{wanted}")


def test_what_was_typed_is_there_again(site: Site, logged_in):
    alarm = site.script.alarm()
    clock.move(site.script.at, rate=1.0)
    page = logged_in("county_officer")
    address = site.address + reverse("move", args=[alarm.pk, "find_real"])
    page.goto(address)
    page.fill("[name=findings]", "瓦检员读数一致")
    page.check("[name=method][value=phone]")
    page.goto(site.address + reverse("today"))
    page.goto(address)
    expect(page.locator("[name=findings]")).to_have_value("瓦检员读数一致")
    expect(page.locator("[name=method][value=phone]")).to_be_checked()
    expect(page.locator("[data-kept]")).to_be_visible()


def test_the_preview_follows_the_form(site: Site, logged_in):
    script = site.script
    script.real_alarm()
    script.real_alarm(point="first-1302-T2")
    case = script.suspension()
    script.order(case)
    script.wait(minutes=1)
    clock.move(script.at, rate=1.0)
    page = logged_in("county_officer")
    page.goto(site.address + reverse("move", args=[case.pk, "serve"]))
    expect(page.locator("#preview")).to_contain_text("须填写")
    page.check("[name=method][value=direct]")
    page.fill("[name=receiver]", "甲二")
    page.fill("[name=receiver_post]", "矿长")
    page.fill("[name=place]", "矿调度室")
    page.fill("[name=served_at]", clock.civil(script.at).strftime("%Y-%m-%dT%H:%M:%S"))
    page.fill("[name=received_on]", clock.civil(script.at).date().isoformat())
    page.keyboard.press("Tab")
    expect(page.locator("#preview img.sheet").first).to_be_visible(timeout=8000)


def test_a_points_history_is_drawn(site: Site, logged_in):
    play(site.city, site.script, site.data)
    page = logged_in("county_officer")
    page.goto(site.address + reverse("point", args=[site.city.points["first-1301-T0"].pk]))
    expect(page.locator("[data-chart][data-drawn=yes] canvas").first).to_be_visible()


def test_due_times_tick_in_the_pages_clock(site: Site, logged_in):
    site.script.alarm()
    clock.move(site.script.at, rate=60.0)
    page = logged_in("mine_dispatcher")
    page.goto(site.address + reverse("today"))
    due = page.locator("[data-due]").first
    before = due.inner_text()
    page.wait_for_timeout(1500)
    assert due.inner_text() != before


def test_open_streams_do_not_keep_the_server(site: Site, logged_in):
    page = logged_in("county_duty")
    page.goto(site.address + reverse("today"))
    expect(page.locator("[data-live-word]")).to_have_text("实时更新中", timeout=20_000)
    began = time.monotonic()
    site.stop()
    assert time.monotonic() - began < 2.5
