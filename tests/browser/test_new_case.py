"""新办 in the browser: an officer of the city opens a case about a county, a company and a mine."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.casework.models import Case
from tests.browser.conftest import OUTPUT, SIZES, Site
from tests.procedures import INQUIRY, known

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def inquiry():
    with known(INQUIRY):
        yield


def look(page: Page, name: str, size: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"new-case-{name}-{size}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name


def open_about(page: Page, site: Site, unit: str, size: str) -> None:
    page.goto(site.address + reverse("cases"))
    page.get_by_role("link", name="新办", exact=True).click()
    look(page, "ways", size)
    page.get_by_role("link", name="发起约请说明", exact=True).click()
    page.select_option("[name=subject]", label=unit)
    page.fill("[name=matter]", "超层越界线索")
    page.get_by_label("较重").check()
    page.fill("[name=found_on]", "2026-03-02")
    look(page, "form", size)
    page.get_by_role("button", name="发起约请说明", exact=True).click()
    expect(page.locator("h1")).to_have_text(f"{unit}超层越界线索约请说明")
    look(page, "case", size)


@pytest.mark.parametrize("size", SIZES)
def test_an_officer_opens_a_case_about_a_county_a_company_and_a_mine(site: Site, logged_in, size):
    page = logged_in("city_officer", size)
    units = [site.city.units[name] for name in ("county", "company", "mine")]
    for unit in units:
        open_about(page, site, unit.name, size)
    assert list(Case.objects.filter(procedure="inquiry").order_by("pk").values_list("unit", flat=True)) == [
        unit.pk for unit in units
    ]
    page.goto(site.address + reverse("today"))
    expect(page.locator("main")).to_contain_text("发出")
    look(page, "today", size)
    page.goto(f"{site.address}{reverse('cases')}?procedure=inquiry&fact_gravity=grave")
    expect(page.locator("main")).to_contain_text(units[0].name)
    look(page, "list", size)
