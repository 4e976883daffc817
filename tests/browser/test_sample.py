"""抽查核实 clicked through: an officer finds a reported meeting untrue, his head confirms it, the mine reads it and objects."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.sample.models import Verification
from tests.browser.conftest import OUTPUT, Site
from tests.web import sampled

pytestmark = pytest.mark.browser
TITLE = "召开月度安全例会"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def open_row(page: Page, site: Site, text: str) -> None:
    page.goto(site.address + reverse("today"))
    page.get_by_role("link").filter(has_text=text).first.click()


def picture(page: Page, name: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"sample-{name}.png", full_page=True)


def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def look_around(site: Site, item: Verification, officer: Page, head: Page) -> None:
    """The lists, the mine's file and the cell of the board once the verdict holds."""
    for page, size in ((officer, "desktop"), (head, "phone")):
        for name in ("samples", "credibility", "public_samples"):
            page.goto(site.address + reverse(name))
            fits(page)
            picture(page, f"{name}-{size}")
    officer.goto(site.address + reverse("mine", args=[site.city.mine.code]))
    expect(officer.locator("main")).to_contain_text("样本不足（核实属实0项/已核实1项")
    picture(officer, "mine-desktop")
    cell = reverse("board_cell", args=[item.duty.measure, site.city.mine.code])
    officer.goto(f"{site.address}{cell}?period=2026-03")
    expect(officer.locator("main")).to_contain_text("抽查核实不属实")
    picture(officer, "cell-desktop")


def test_a_reported_meeting_is_found_untrue_by_two_people_and_the_mine_objects(site: Site, logged_in, tmp_path: Path):
    item = sampled.drawn(SimpleNamespace(city=site.city, users=site.city.users))
    photo = tmp_path / "会议室监控.txt"
    photo.write_text("当日无人", "utf-8")

    mine = logged_in("mine_director", "phone")
    mine.goto(site.address + reverse("samples"))
    expect(mine.locator("main")).not_to_contain_text(TITLE)

    officer = logged_in("county_officer")
    open_row(officer, site, f"抽查核实：{TITLE}")
    expect(officer.locator("main")).to_contain_text("例会签到.txt")
    officer.get_by_label("不属实", exact=True).check()
    officer.get_by_label("材料原件").check()
    officer.get_by_label("现场", exact=True).check()
    officer.get_by_label("核实地点").fill("矿会议室")
    officer.get_by_label("核实情况").fill("会议室监控显示当日无人开会，签到为同一人笔迹。")
    picture(officer, "write-desktop")
    press(officer, "写出结论")
    expect(officer.locator(".refused")).to_contain_text("须附证据")
    officer.locator("[name=materials]").set_input_files(photo)
    press(officer, "写出结论")
    expect(officer.locator("main")).to_contain_text("待第二人确认")
    assert officer.get_by_role("button", name="确认结论").count() == 0

    head = logged_in("county_head", "phone")
    open_row(head, site, f"确认核实结论：{TITLE}")
    fits(head)
    picture(head, "confirm-phone")
    press(head, "确认结论")
    expect(head.locator(".note").first).to_contain_text("已确认：不属实")

    mine.goto(site.address + reverse("duty", args=[item.duty_id]))
    expect(mine.locator("h1 + .st")).to_contain_text("逾期未完成")
    mine.get_by_role("link", name="抽查核实").first.click()
    expect(mine.locator("main")).to_contain_text("当日无人开会")
    mine.get_by_label("异议理由和依据").fill("会议改在调度室召开，有录像。")
    picture(mine, "object-phone")
    fits(mine)
    press(mine, "提交上一级复核")
    expect(mine.locator(".note").first).to_contain_text("异议已提交")

    look_around(site, item, officer, head)
    section = logged_in("city_section")
    open_row(section, site, f"复核异议：{TITLE}")
    section.get_by_label("复核意见").fill("录像为另一次会议，维持结论。")
    picture(section, "answer-desktop")
    press(section, "维持结论")
    expect(section.locator("main")).to_contain_text("复核：维持结论")
