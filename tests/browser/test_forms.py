"""Forms in a real browser: exactly what was typed comes back, sent text does not, a double press makes one thing, editors are told."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.base.clock import civil_date
from kuangan.core.models import User
from kuangan.flow.office.meetings import keep_minutes
from kuangan.office.actions.meetings import call_meeting, note_attendance
from kuangan.office.models import Circular
from tests import letters
from tests.browser.conftest import SIZES, Site

pytestmark = pytest.mark.browser
TICKED = "[...document.querySelectorAll('[name=receivers]')].filter(b => b.checked).map(b => b.value)"
LOOKED_AT = Path("test-output/forms")


def log_in(page: Page, site: Site, username: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username=username), backend="kuangan.core")
    value = client.cookies[site_settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": value, "url": site.address}])


def begin(page: Page, site: Site, title: str = "只发一矿") -> list[str]:
    page.goto(site.address + reverse("new_circular"))
    page.fill("[name=title]", title)
    page.fill("[name=body]", "请落实。")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.locator("[name=receivers]").last.check(force=True)
    return page.evaluate(TICKED)


def test_after_a_new_log_in_the_form_ticks_exactly_what_was_ticked(site: Site, logged_in):
    page = logged_in("county_officer")
    ticked = begin(page, site)
    assert len(ticked) == 1
    page.context.clear_cookies(name=site_settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="发出").click()
    expect(page.locator("[name=password]")).to_be_visible()
    log_in(page, site, "county_officer")
    page.goto(site.address + reverse("new_circular"))
    assert page.evaluate(TICKED) == ticked
    expect(page.locator("[name=title]")).to_have_value("只发一矿")
    expect(page.locator("[data-kept]")).to_contain_text("附件不作保留")
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        LOOKED_AT.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=LOOKED_AT / f"kept-{name}.png", full_page=True)
    page.context.clear_cookies(name=site_settings.SESSION_COOKIE_NAME)
    log_in(page, site, "county_section")
    page.goto(site.address + reverse("new_circular"))
    assert page.evaluate(TICKED) == []  # somebody else sits there now
    expect(page.locator("[name=title]")).to_have_value("")


def test_what_was_sent_does_not_come_back_and_a_double_press_sends_once(site: Site, logged_in):
    page = logged_in("county_officer")
    begin(page, site)
    page.get_by_role("button", name="发出").dblclick()
    expect(page.locator("h1")).to_contain_text("只发一矿")
    assert Circular.objects.count() == 1
    page.goto(site.address + reverse("new_circular"))
    expect(page.locator("[name=title]")).to_have_value("")
    assert page.evaluate(TICKED) == []
    expect(page.locator("[data-kept]")).to_be_hidden()


def test_the_second_editor_of_a_letter_sees_what_differs(site: Site, logged_in):
    letter = letters.drafted(site.city, kind="urging_letter")
    pages = [logged_in(name) for name in ("county_officer", "county_section")]
    for page in pages:
        page.goto(site.address + reverse("move", args=[letter.pk, "edit"]))
    for page, matter in zip(pages, ("第一人的事项", "第二人的事项"), strict=True):
        page.fill("[name=matters]", matter)
        page.get_by_role("button", name="修改").click()
    second = pages[1]
    expect(second.get_by_role("alert")).to_contain_text("修改了本内容")
    expect(second.get_by_role("alert")).to_contain_text("第一人的事项")
    expect(second.locator("[name=matters]")).to_have_value("第二人的事项")
    for name, (width, height) in SIZES.items():
        second.set_viewport_size({"width": width, "height": height})
        LOOKED_AT.mkdir(parents=True, exist_ok=True)
        second.screenshot(path=LOOKED_AT / f"editors-{name}.png", full_page=True)
        assert second.evaluate("document.documentElement.scrollWidth <= innerWidth")
    second.get_by_role("button", name="修改").click()
    expect(second.locator(".note").first).to_contain_text("已办理")
    letter.refresh_from_db()
    assert letter.facts["matters"] == "第二人的事项"


def test_a_refused_decision_and_a_reason_of_a_meeting_come_back_each_in_its_own_form(site: Site, logged_in):
    actor, units, now = site.city["county_section"], site.city.units, clock.now()
    held = {"place": "二楼", "chair": "乙六", "agenda": "落实", "receivers": [units["mine"]]}
    made = call_meeting(
        actor=actor, organiser=units["county"], title="调度会", starts_at=now - timedelta(hours=1), at=now, **held
    )
    page = logged_in("county_section")
    page.goto(site.address + reverse("meeting", args=[made.pk]))
    page.fill("[name=reason]", "时间冲突")
    page.goto(site.address + reverse("meeting", args=[made.pk]))
    expect(page.locator("[name=reason]")).to_have_value("时间冲突")
    note_attendance(actor=actor, meeting=made, present=[invitation.pk for invitation in made.invitations.all()], at=now)
    keep_minutes(actor=actor, meeting=made, problems="防治水资料不全", at=now)
    page.goto(site.address + reverse("meeting", args=[made.pk]))
    page.fill("[name=matter]", "补齐防治水图纸")
    page.select_option("[name=responsible]", str(units["mine"].pk))
    page.fill("[name=due_on]", (civil_date(now) - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="登记议定事项").click()
    expect(page.locator("[data-kept]").first).to_be_visible()
    expect(page.locator("[name=matter]")).to_have_value("补齐防治水图纸")
