"""A letter about what a mine has overdue, as the procedure that it is, from its draft to the mine's answer, by four people."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.flow.credit.entries import record_entry
from tests.browser.conftest import OUTPUT, SIZES, Site
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser

DECISION = {
    "decided_on": "2026-03-02", "meeting": "专题会议", "matter": "完成回风隅角瓦斯治理", "responsible": "140423900001",
    "due_on": "2026-03-06",
}  # fmt: skip


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page, name: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=OUTPUT / f"letter-{name}-{size}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, size)


def from_today(page: Page, site: Site, words: str) -> None:
    """Open what 今日 lists about the letter."""
    page.goto(site.address + reverse("today"))
    page.get_by_role("link").filter(has_text=words).first.click()


def test_an_overdue_matter_becomes_a_letter_that_the_mine_answers(site: Site, logged_in, tmp_path):
    government, walk = site.city.units["county_government"], Walk(site, logged_in, tmp_path)
    record_entry(actor=None, ledger_id="meeting_decision", unit=government, values=DECISION, at=clock.now())
    officer = walk.page("county_officer")
    officer.goto(site.address + reverse("letters"))
    look(officer, "list")
    officer.get_by_role("link", name="起草").first.click()
    officer.select_option("[name=to]", label=site.city.mine.name)
    press(officer, "载入该单位逾期事项")
    officer.get_by_label("办结会议议定事项：完成回风隅角瓦斯治理”应于2026年3月6日24时前完成").check()
    officer.get_by_label("督办函").check()
    press(officer, "保存草稿")
    expect(officer.locator("h1")).to_have_text(f"督办函：{site.city.mine.name}")
    look(officer, "draft")
    officer.get_by_role("link", name="提交审核").click()
    expect(officer.locator("img.sheet").first).to_be_visible()
    press(officer, "提交审核")
    letter = Case.objects.get(procedure="supervision_letter")

    section = walk.page("county_section")
    from_today(section, site, "同意")
    look(section, "review")
    expect(section.locator("img.sheet").first).to_be_visible()
    press(section, "同意")

    head = walk.page("county_head")
    from_today(head, site, "签发")
    look(head, "issue")
    walk.sign(head, "county_head")
    press(head, "核对无误，签发")
    expect(head.locator(".note").first).to_contain_text("已办理")

    mine = walk.page("mine_director")
    from_today(mine, site, "回复")
    look(mine, "received")
    expect(mine.locator("main")).to_contain_text("完成回风隅角瓦斯治理")
    mine.get_by_role("link", name="督办函", exact=True).click()
    expect(mine.locator("img.sheet").first).to_be_visible()
    walk.do("mine_director", letter, "reply", text="已完成治理，验收材料附后。", files="")

    assert (letter.state, letter.notices.get().notice.received_by) == ("answered", site.city["mine_director"])
    officer.goto(site.address + reverse("letters"))
    officer.get_by_role("link", name=letter.papers.get().paper.number).click()
    expect(officer.locator("main")).to_contain_text("已完成治理，验收材料附后。")
    expect(officer.locator("main")).to_contain_text("完成回风隅角瓦斯治理")
    look(officer, "answered")
    with officer.expect_download() as word:
        officer.get_by_role("link", name="Word").click()
    assert word.value.suggested_filename.endswith(".docx")


def test_an_office_opens_from_the_page_of_new_cases_a_letter_to_a_county_a_company_and_a_mine(site: Site, logged_in):
    page = logged_in("city_officer")
    units = [site.city.units[name] for name in ("county", "company", "mine")]
    for unit in units:
        page.goto(site.address + reverse("cases"))
        page.get_by_role("link", name="新办", exact=True).click()
        page.get_by_role("link", name="起草催办函", exact=True).click()
        expect(page.locator("[name=opening]")).to_have_value("你单位下列事项尚未办结，现予催办：")
        page.select_option("[name=subject]", label=unit.name)
        page.fill("[name=matters]", "自查报告至今未报送")
        press(page, "起草催办函")
        expect(page.locator("h1")).to_have_text(f"催办函：{unit.name}")
    look(page, "from-new")
    opened = Case.objects.filter(procedure="urging_letter").order_by("pk")
    assert list(opened.values_list("unit", flat=True)) == [unit.pk for unit in units]
