"""A draw from the pool to the public page, a mine's board, a commissioner's page: clicked through in Chromium."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from kuangan.base import lottery
from kuangan.draw.models import Draw
from tests.browser.conftest import OUTPUT, SIZES, Site
from tests.browser.walk import fresh_code
from tests.web.test_commissioners import assign, patrol, visit
from tests.web.world import World, build_world

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site: Site) -> World:
    return build_world(site.city, site.script)


def look(page: Page, name: str, size: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}-{size}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name


def opened(site: Site, logged_in, username: str, size: str, draw: Draw) -> Page:
    page = logged_in(username, size)
    page.goto(site.address + reverse("draw", args=[draw.pk]))
    return page


def signed(page: Page, username: str, step: str, button: str) -> None:
    page.fill(f"#signing-code-{step}", fresh_code(username))
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("size", SIZES)
def test_a_draw_is_published_made_and_checked_by_anybody(site: Site, world, logged_in, size):
    page = logged_in("county_section", size)
    page.goto(site.address + reverse("new_draw"))
    page.get_by_label("名称").fill("四月瓦斯治理随机抽查")
    page.get_by_label("检查事项").fill("瓦斯治理、监测监控")
    page.get_by_label("抽取煤矿数").fill("9")
    page.get_by_label("抽取人员数").fill("2")
    page.get_by_label("乙二", exact=True).fill("配偶在被查煤矿任职")
    page.get_by_label("重复抽取理由").fill("上级部署专项检查")
    page.fill("[name=code]", fresh_code("county_section"))
    page.get_by_role("button", name="公布名单和承诺").click()
    assert "煤矿名单共 2" in page.get_by_role("alert").inner_text()
    page.get_by_label("抽取煤矿数").fill("1")
    page.fill("[name=code]", fresh_code("county_section"))
    look(page, "new_draw_filled", size)
    page.get_by_role("button", name="公布名单和承诺").click()
    look(page, "draw_waiting", size)
    draw = Draw.objects.get(title="四月瓦斯治理随机抽查")
    agreeing = opened(site, logged_in, "county_head", size, draw)
    signed(agreeing, "county_head", "agree", "同意重复抽取")
    page.reload()
    signed(page, "county_section", "prepare", "提请见证")
    witness = opened(site, logged_in, "inspectorate_officer", size, draw)
    witness.get_by_label("见证内容").fill("今日上证指数3021点")
    look(witness, "draw_witness", size)
    signed(witness, "inspectorate_officer", "witness", "见证并当场抽取")
    assert witness.get_by_role("heading", name="抽取结果").is_visible()
    look(witness, "draw_made", size)
    visitor = logged_in(None, size)
    visitor.goto(site.address + reverse("public_draw", args=[draw.slug]))
    look(visitor, "public_draw", size)
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="下载公开记录").click()
    assert lottery.problems(json.loads(download.value.path().read_text("utf-8"))) == []


@pytest.mark.parametrize("size", SIZES)
def test_commissioners_counties_and_boards(site: Site, world, logged_in, size):
    for mine in ("first", "second"):
        assign(world, "county_commissioner", mine)
    patrol(world, "county_commissioner", "2026-03-09", problems="挡风帘破损")
    visit(world, "county", "2026-03-02", "88.5", "两份意见书未及时闭环\n会议议定事项未跟踪")
    page = logged_in("county_commissioner", size)
    for name, path in {
        "my_patrols": reverse("my_patrols"),
        "commissioners": reverse("commissioners"),
        "oversight": reverse("oversight"),
        "mine_board": reverse("mine_board", args=[site.city.mine.code]),
    }.items():
        page.goto(site.address + path)
        look(page, name, size)
    visitor = logged_in(None, size)
    visitor.goto(site.address + reverse("public_mine", args=[site.city.mine.code]))
    look(visitor, "public_mine", size)
    visitor.goto(site.address + reverse("public_draws"))
    look(visitor, "public_draws", size)
