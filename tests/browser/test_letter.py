"""A letter about what a mine has overdue, from its draft to the mine's answer, clicked through by four people."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.flow.credit.entries import record_entry
from kuangan.office.models import Letter
from tests.browser.conftest import Site
from tests.browser.walk import fresh_code

pytestmark = pytest.mark.browser

DECISION = {
    "decided_on": "2026-03-02", "meeting": "专题会议", "matter": "完成回风隅角瓦斯治理", "responsible": "140423900001",
    "due_on": "2026-03-06",
}  # fmt: skip


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_an_overdue_matter_becomes_a_letter_that_the_mine_answers(site: Site, logged_in):
    government = site.city.units["county_government"]
    record_entry(actor=None, ledger_id="meeting_decision", unit=government, values=DECISION, at=clock.now())
    officer = logged_in("county_officer")
    officer.goto(site.address + reverse("letters"))
    officer.get_by_role("link", name="起草").first.click()
    officer.select_option("[name=to]", label=site.city.mine.name)
    press(officer, "载入该单位逾期事项")
    officer.get_by_label("办结会议议定事项：完成回风隅角瓦斯治理”应于2026年3月6日24时前完成").check()
    officer.get_by_label("督办函").check()
    press(officer, "保存草稿")
    press(officer, "提交审核")

    for username, title, button in (("county_section", "审核", "同意"), ("county_head", "签发", "核对无误，签发")):
        page = logged_in(username)
        page.goto(site.address + reverse("today"))
        page.get_by_role("link").filter(has_text=title).first.click()
        expect(page.locator("h1")).to_have_text("督办函")
        if username == "county_head":
            page.fill("[name=code]", fresh_code(username))
        press(page, button)

    mine = logged_in("mine_director")
    mine.goto(site.address + reverse("today"))
    mine.get_by_role("link").filter(has_text="督办函").first.click()
    expect(mine.locator("img.sheet").first).to_be_visible()
    mine.fill("[name=text]", "已完成治理，验收材料附后。")
    press(mine, "签收并回复")
    expect(mine.locator("main")).to_contain_text("已回复示例县应急管理局")

    letter = Letter.objects.get()
    assert (letter.replied_at is not None, letter.notice.received_by) == (True, letter.replied_by)
    with officer.expect_download() as word:
        officer.goto(site.address + reverse("letter", args=[letter.pk]))
        officer.get_by_role("link", name="Word").click()
    assert word.value.suggested_filename.endswith(".docx")
    expect(officer.locator("main")).to_contain_text("已完成治理，验收材料附后。")
