"""A mine applies for its first review; the county receives it, passes it and sees the hazards fixed, on its own log-in."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.casework.rule_states import RuleState
from kuangan.duty.models import Duty
from kuangan.flow.rules.run import judge
from kuangan.law.content import rule_by_id
from kuangan.ledger.models import Entry
from tests.browser.conftest import OUTPUT, SIZES, Site

pytestmark = pytest.mark.browser

LEDGER = "standardization_application"
RULE = "grading_application_before_first_review"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page, name: str, size: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"confirming-{name}-{size}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], name


def choose(page: Page, name: str, value: str) -> None:
    """A choice of a form: from a list, or one of several beside each other."""
    options = page.locator(f"select[name={name}]")
    if options.count():
        options.select_option(value)
    else:
        page.locator(f"[name={name}][value={value}]").check()


def apply(page: Page, site: Site, step: str, number: str) -> Entry:
    """The mine's own form; it has no column of the department."""
    page.goto(site.address + reverse("new_entry", args=[LEDGER]))
    expect(page.locator("[name=result]")).to_have_count(0)
    for name, value in (("step", step), ("kind", "re_grading"), ("applied_grade", "second")):
        choose(page, name, value)
    page.fill("[name=receiver]", "示例县应急管理局")
    page.fill("[name=application_number]", number)
    page.fill("[name=self_score]", "85.10")
    press(page, "登记")
    expect(page.locator("main")).to_contain_text(number)
    return Entry.objects.filter(ledger=LEDGER).latest("pk")


def write(page: Page, site: Site, title: str, opinion: str) -> None:
    """A part, from the list of what waits; first without saying what was looked at."""
    page.goto(site.address + reverse("confirmations"))
    page.get_by_role("link", name=title, exact=True).click()
    page.fill("[name=opinion]", opinion)
    press(page, title)
    expect(page.locator("main")).to_contain_text("请选择查看了什么")
    expect(page.locator("[name=opinion]")).to_have_value(opinion)
    page.get_by_label("材料原件").check()


def register_resumption(county: Page, site: Site) -> None:
    """The supervisor registers that a mine produces again after an accident; with that its time begins."""
    county.goto(site.address + reverse("new_entry", args=["accident_resumption"]))
    typed = {
        "resumed_on": "2026-03-09",
        "accident_on": "2026-01-08",
        "deaths": "1",
        "resumption_number": "演示复产〔2026〕2号",
    }
    for name, value in typed.items():
        county.fill(f"[name={name}]", value)
    chosen = {"mine": "140423900001", "accident_grade": "general", "cause": "transport", "producing": "true"}
    for name, value in chosen.items():
        choose(county, name, value)
    press(county, "登记")
    expect(county.locator("main")).to_contain_text("演示复产〔2026〕2号")


def outcome() -> str:
    judge(rule_by_id(RULE), clock.now())
    return str(RuleState.objects.get(rule=RULE, subject="140423900001").outcome)


@pytest.mark.parametrize("size", SIZES)
def test_an_application_is_received_and_passed_by_the_department(site: Site, logged_in, size):
    mine, county, city = (logged_in(who, size) for who in ("mine_director", "county_section", "city_section"))
    register_resumption(county, site)
    mine.goto(site.address + reverse("duties"))
    expect(mine.locator("main")).to_contain_text("事故煤矿复产后申请标准化初审")
    owed = Duty.objects.get(obligation="standardization_reapply_after_accident")
    made = apply(mine, site, "first_review", "演示矿发〔2026〕18号")
    owed.refresh_from_db()
    assert owed.done_at is not None
    county.goto(site.address + reverse("confirmations"))
    look(county, "list", size)
    write(county, site, "受理初审申请", "申请材料齐全")
    look(county, "form", size)
    press(county, "受理初审申请")
    expect(county.locator("main")).to_contain_text("申请材料齐全")
    apply(mine, site, "grading", "演示矿发〔2026〕19号")
    assert outcome() == "found"
    write(county, site, "初审结论", "现场检查合格，隐患三条")
    choose(county, "result", "passed")
    press(county, "初审结论")
    write(county, site, "初审隐患整改复核", "逐条复查")
    county.fill("[name=hazards_fixed_on]", clock.civil_date(clock.now()).isoformat())
    press(county, "初审隐患整改复核")
    expect(county.locator("main")).to_contain_text("逐条复查")
    assert outcome() == "clear"
    write(city, site, "考核定级受理和结论", "现场考核合格")
    city.fill("[name=accepted_on]", clock.civil_date(clock.now()).isoformat())
    choose(city, "result", "passed")
    press(city, "考核定级受理和结论")
    expect(city.locator("main")).to_contain_text("现场考核合格")
    mine.goto(site.address + reverse("entry", args=[LEDGER, made.serial]))
    for text in ("申请材料齐全", "现场检查合格，隐患三条", "逐条复查", "通过"):
        expect(mine.locator("main")).to_contain_text(text)
    look(mine, "entry", size)
