"""A mine asks to be excused from a duty, with a file; the county refuses, then accepts, clicked through by both."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.duty.models import Duty
from kuangan.flow.credit.entries import record_entry
from tests.browser.conftest import OUTPUT, SIZES, Site

pytestmark = pytest.mark.browser

DECISION = {
    "decided_on": "2026-03-02", "meeting": "专题会议", "matter": "完成回风隅角瓦斯治理", "responsible": "140423900001",
    "due_on": "2026-03-20",
}  # fmt: skip


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page, name: str, size: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"excuse-{name}-{size}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name


def ask(page: Page, site: Site, duty: Duty, reason: str, file: Path, size: str) -> None:
    page.goto(site.address + reverse("duty", args=[duty.pk]))
    page.get_by_role("link", name="申请免责", exact=True).click()
    expect(page.locator("[name=subject] option:checked")).to_contain_text(duty.title)
    page.fill("[name=reason]", reason)
    page.set_input_files("[name=materials]", file)
    look(page, "form", size)
    press(page, "申请免责")
    expect(page.locator("main")).to_contain_text(reason)
    expect(page.locator("main")).to_contain_text(file.name)


def decide(page: Page, site: Site, button: str, opinion: str, size: str) -> None:
    page.goto(site.address + reverse("today"))
    page.get_by_role("link").filter(has_text="认可免责").first.click()
    look(page, "case", size)
    page.get_by_role("link", name=button, exact=True).click()
    page.fill("[name=opinion]", opinion)
    press(page, button)
    expect(page.locator("main")).to_contain_text(opinion)


@pytest.mark.parametrize("size", SIZES)
def test_a_mine_asks_the_county_decides_and_both_read_it_on_the_duty(site: Site, logged_in, tmp_path: Path, size):
    government = site.city.units["county_government"]
    record_entry(actor=None, ledger_id="meeting_decision", unit=government, values=DECISION, at=clock.now())
    duty = Duty.objects.get(subject__startswith="entry:")
    file = tmp_path / "停电通知.txt"
    file.write_text("线路检修", "utf-8")
    mine, county = logged_in("mine_director", size), logged_in("county_section", size)

    ask(mine, site, duty, "供电线路检修，井下停工", file, size)
    decide(county, site, "不予认可", "检修只停一天，可以按期完成", size)
    mine.goto(site.address + reverse("duty", args=[duty.pk]))
    expect(mine.locator("main")).to_contain_text("检修只停一天，可以按期完成")
    ask(mine, site, duty, "暴雨致矿区道路中断", file, size)
    decide(county, site, "认可免责", "道路中断属实", size)
    mine.goto(site.address + reverse("duty", args=[duty.pk]))
    expect(mine.locator(".st-excused").first).to_be_visible()
    look(mine, "duty", size)
    expect(mine.get_by_role("link", name="申请免责", exact=True)).to_have_count(0)
    duty.refresh_from_db()
    assert (duty.done_at, duty.excused_at is not None, duty.wakes_at) == (None, True, None)
    assert duty.due_at > clock.now() + timedelta(days=1)
