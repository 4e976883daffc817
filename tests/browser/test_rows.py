"""A table to fill in, in a real browser: it grows, takes what a spreadsheet copied, comes back as it was, and fits a phone."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.ledger.models import Entry
from tests.browser.conftest import SIZES, Site

pytestmark = pytest.mark.browser
PLAN = "leader_shift_plan"
LOOKED_AT = Path("test-output/rows")
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
MONTH = {"month_first": "2026-03-01", "shifts_per_day": "3", "principal_shifts": "6", "posted_on": "2026-02-27",
         "posted_place": "井口", "signed_by": "程例安"}  # fmt: skip


def test_a_table_grows_takes_pasted_cells_keeps_what_was_typed_and_fits_a_phone(site: Site, logged_in):
    page = logged_in("mine_director")
    page.goto(site.address + reverse("new_entry", args=[PLAN]))
    rows = page.locator("[data-rows=rows] tbody tr")
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="加 10 行").click()
    expect(rows).to_have_count(13)
    page.locator("[name='rows.0.on']").focus()
    page.evaluate(PASTE, "2026-03-01\t零点班\t武示范\n2026-03-01\t八点班\t牛例远\n" * 8)
    expect(rows).to_have_count(16)
    expect(page.locator("[name='rows.15.leader']")).to_have_value("牛例远")
    rows.nth(0).locator(".rows-out").click()
    expect(rows).to_have_count(15)
    page.reload()
    expect(page.locator("[name='rows.15.leader']")).to_have_value("牛例远")
    for name, text in MONTH.items():
        page.fill(f"[name={name}]", text)
    page.locator("[name='rows.0.on']").fill("2026-03-09")
    page.locator("[name='rows.0.shift']").select_option("night")
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        LOOKED_AT.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=LOOKED_AT / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("[name='rows.0.leader'] ~ .wrong, td .wrong").first).to_contain_text("请填写“带班领导”")
    page.screenshot(path=LOOKED_AT / "refused-phone.png", full_page=True)
    page.locator("[name='rows.0.leader']").fill("程例安")
    page.locator("[name=posted_place]").press("Enter")  # the first button of the form adds no rows
    expect(page.locator("dl.facts table tbody tr")).to_have_count(16)
    assert len(Entry.objects.get(ledger=PLAN).values["rows"]) == 16
    page.screenshot(path=LOOKED_AT / "entry-phone.png", full_page=True)
