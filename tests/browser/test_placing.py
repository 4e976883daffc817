"""测点归属 at a keyboard and on a phone: one box ticks the page."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.mine.models import Point
from tests.browser.conftest import Site
from tests.browser.test_register import looked_at

pytestmark = pytest.mark.browser


def opened(page: Page, site: Site) -> Page:
    page.goto(site.address + reverse("placing", args=[site.city.mine.code]))
    return page


def test_the_box_in_the_head_ticks_every_point_of_the_page_by_keyboard(site: Site, logged_in):
    page = opened(logged_in("county_officer"), site)
    every, rows = page.get_by_role("checkbox", name="全选本页"), page.locator("tbody input[name=point]")
    count = rows.count()
    every.focus()
    page.keyboard.press("Space")
    assert (count, page.locator("tbody input[name=point]:checked").count()) == (4, 4)
    looked_at(page, "placing-desktop")
    rows.first.uncheck()
    assert every.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    every.focus()
    page.keyboard.press("Space")
    expect(rows.first).to_be_checked()
    page.get_by_role("button", name="确认所选").click()
    expect(page.locator("main")).to_contain_text("已确认 4 个测点")
    assert not Point.objects.filter(mine=site.city.mine, place="").exists()


def test_it_is_there_on_a_phone_and_not_for_who_only_reads(site: Site, logged_in):
    phone = opened(logged_in("county_officer", "phone"), site)
    phone.get_by_label("全选本页").check()
    assert phone.locator("tbody input[name=point]:checked").count() == 4
    looked_at(phone, "placing-phone")
    reader = opened(logged_in("mine_director"), site)
    expect(reader.get_by_label("全选本页")).to_have_count(0)
