"""A founded city with nothing in it: the list of first days, every main page says where it begins, the city goes live."""

import pytest
from django.urls import reverse
from playwright.sync_api import Error, expect

from kuangan.base import clock
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.queries import roles_of
from kuangan.core.queries.go_live import go_live_days
from kuangan.law.role import Role
from kuangan.web.frame.menu import ITEMS
from tests.browser import test_city_book
from tests.browser.conftest import OUTPUT, SIZES
from tests.db.mine.conftest import make_user

pytestmark = pytest.mark.browser
site = test_city_book.site


def looked_at(page, name: str) -> None:
    """Pictures at both widths; nothing is wider than the screen."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=OUTPUT / f"first-days-{name}-{size}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["desktop"], strict=True)))


def opened(page, address: str):
    """The page; once more where one that was left asked for something at that moment."""
    try:
        return page.goto(address)
    except Error:
        return page.goto(address)


def people() -> dict[str, User]:
    """Who begins: an administrator, a county's section head and head of bureau, the city's head, a county's governor."""
    county = Unit.objects.get(kind=UnitKind.county_bureau, code__startswith="140423")
    made = {
        "county_section": make_user(county, "county_section", Role.section_head),
        "county_officer": make_user(county, "county_officer", Role.enforcement_officer),
        "county_clerk": make_user(county, "county_clerk", Role.clerk),
        "city_head": make_user(Unit.objects.get(kind=UnitKind.city_bureau), "city_head", Role.bureau_head),
        "governor": make_user(
            Unit.objects.get(kind=UnitKind.county_government, code__startswith="140423"),
            "governor",
            Role.government_head,
        ),
    }
    User.objects.update(password_given=False)
    return made | {"first": User.objects.get(username="first"), "second": User.objects.get(username="second")}


def test_the_first_days_of_a_city_with_nothing_in_it(site, logged_in):
    users = people()
    for username, user in users.items():
        held = {hold.role for hold in roles_of(user)}
        page = logged_in(username)
        for item in ITEMS:
            if held.isdisjoint(item.roles):
                continue
            answer = opened(page, site.address + reverse(item.name))
            assert answer is not None
            assert answer.status == 200, (username, item.name)
            for empty in page.locator(".empty").all():
                assert "没有符合条件" not in (empty.text_content() or ""), (username, item.name)
        if username in ("first", "county_section"):
            page.goto(site.address + reverse("start"))
            expect(page.locator("table.checklist")).to_contain_text("待办")
            looked_at(page, f"checklist-{username}")
    mines = logged_in("county_section")
    mines.goto(site.address + reverse("mines"))
    mines.get_by_role("link", name="查看启用清单").click()
    expect(mines.locator("h1")).to_have_text("启用清单")


def test_the_citys_head_lets_the_city_go_live_and_the_hint_leads_there(site, logged_in):
    people()
    today = clock.civil_date(clock.now())
    city = Unit.objects.get(kind=UnitKind.city)
    head = logged_in("city_head")
    opened(head, site.address + reverse("today"))
    head.get_by_role("link", name="打开启用清单").click()
    expect(head.locator("table.checklist")).to_contain_text("确定启用日")
    looked_at(head, "checklist-city")
    opened(head, site.address + reverse("board"))
    expect(head.locator("table.board")).to_contain_text("未启用")
    looked_at(head, "board")
    opened(head, site.address + reverse("new_change", args=["unit", city.code, "unit_go_live"]))
    looked_at(head, "go-live")
    head.fill("[name=document]", "示应急〔2026〕1号")
    head.set_input_files("[name=file]", {"name": "启用文件.txt", "mimeType": "text/plain", "buffer": b"2026"})
    head.fill("[name=reason]", "全市启用")
    head.locator("button[name=do][value=make]").click()
    head.wait_for_load_state()
    assert go_live_days().day_of(city.path) == today
    opened(head, site.address + reverse("board"))
    expect(head.locator("table.board")).not_to_contain_text("未启用")
