"""问题整改 in the browser: five places where a problem is found, each to its end; sent back once, overdue once, a county by the city."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base.clock import beijing_midnight, civil_date
from kuangan.casework.models import Case
from kuangan.ledger.models import Entry
from tests.browser.conftest import OUTPUT, SIZES, Site
from tests.browser.walk import Walk
from tests.web.world import build_world

pytestmark = pytest.mark.browser

DAY = "2026-03-10"
ANSWER = {"done": "已按要求整改，附照片", "finished_on": DAY, "files": ""}
SEEN = {"method": "on_site", "seen": "现场查看回风隅角，封堵严密"}


@pytest.fixture
def walk(site: Site, logged_in, tmp_path: Path) -> Walk:
    build_world(site.city, site.script)
    return Walk(site, logged_in, tmp_path)


def look(page: Page, name: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"rectification-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


def recorded(walk: Walk, by: str, ledger: str, filled: dict[str, str]) -> list[Case]:
    """Somebody fills in the form of a ledger; the cases that follow, as its page lists them."""
    page = walk.open(by, reverse("new_entry", args=[ledger]))
    for name, value in filled.items():
        walk.fill(page, name, value)
    look(page, f"{ledger}-form")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator(".note").first).to_contain_text("已登记")
    look(page, f"{ledger}-entry")
    cases = list(Case.objects.filter(entry=Entry.objects.filter(ledger=ledger).latest("pk")).order_by("pk"))
    for case in cases:
        expect(page.locator("main")).to_contain_text(case.number)
    return cases


def put_right(walk: Walk, case: Case, by: str = "mine_director") -> Case:
    """The unit finds it in its day, signs and answers."""
    page = walk.open(by, reverse("today"))
    expect(page.locator("main")).to_contain_text(case.facts["item"])
    if case.state == "ordered":
        walk.do(by, case, "sign_for")
    return walk.do(by, case, "answer", **ANSWER)


def test_a_problem_found_at_a_mine_is_signed_for_answered_sent_back_and_closed(walk: Walk):
    page = walk.open("county_officer", reverse("cases"))
    page.get_by_role("link", name="新办", exact=True).click()
    page.get_by_role("link", name="下达问题整改", exact=True).click()
    page.select_option("[name=subject]", label=walk.site.city.units["mine"].name)
    for name, value in {
        "source": "visit", "found_on": DAY, "item": "上隅角封堵不严", "place": "1301工作面", "due_on": "2026-03-20",
    }.items():  # fmt: skip
        walk.fill(page, name, value)
    look(page, "new")
    page.get_by_role("button", name="下达问题整改", exact=True).click()
    expect(page.locator("h1")).to_contain_text("上隅角封堵不严")
    case = Case.objects.get(procedure="rectification")
    put_right(walk, case)
    walk.do("county_officer_b", case, "refuse", reason="东侧仍有缝隙")
    look(walk.open("mine_director", reverse("case", args=[case.pk])), "sent-back")
    put_right(walk, case)
    walk.do("county_officer", case, "accept", **SEEN)
    assert case.state == "closed"
    page = walk.open("county_section", reverse("mine", args=[walk.site.city.mine.code]))
    expect(page.locator("main")).to_contain_text("100%（问题1项，按期1项")
    look(page, "mine")


def test_a_training_inspection_makes_its_negative_answers_owed_by_the_mine(walk: Walk):
    (case,) = recorded(
        walk, "county_officer", "training_inspection",
        {
            "inspected_on": DAY, "mine": walk.site.city.mine.code, "inspectors.0.name": "乙二", "inspectors.0.number": "示例-county_officer",
            **{f"{name}_checked": "true" for name in ("plan", "hours", "certificates", "papers", "attendance")},
            "files_checked": "false", "quiz_people": "5", "quiz_passed": "5", "due_on": "2026-03-20",
        },
    )  # fmt: skip
    assert case.facts["item"] == "一人一档、一期一档是否真实完整：否"
    put_right(walk, case)
    walk.do("county_officer", case, "accept", **SEEN)
    assert case.state == "closed"


def test_an_opinion_of_a_commissioner_is_answered_by_the_mine_where_it_stands(walk: Walk):
    (case,) = recorded(
        walk, "county_commissioner", "site_opinion",
        {
            "issued_on": DAY, "number": "演示监意〔2026〕1号", "mine": walk.site.city.mine.code,
            "commissioner": walk.site.city["county_commissioner"].person.name,
            "problems.0.item": "回风隅角挡风帘破损", "demand": "rectify", "due_on": "2026-03-15",
        },
    )  # fmt: skip
    entry = case.entry
    page = walk.open("mine_director", reverse("entry", args=[entry.ledger, entry.serial]))
    page.get_by_role("link", name=case.number).click()
    expect(page.locator("h1")).to_contain_text("回风隅角挡风帘破损")
    put_right(walk, case)
    walk.do("county_commissioner", case, "accept", **SEEN)
    assert case.state == "closed"


def test_an_enforcement_check_is_closed_by_two_officers_and_the_mine_and_overdue_goes_to_the_city(walk: Walk):
    first, second = recorded(
        walk, "county_officer", "enforcement_check",
        {
            "checked_on": DAY, "mine": walk.site.city.mine.code, "kind": "planned", "organ_level": "county",
            "counts_toward_cap": "true", "officers.0.name": "乙二", "officers.1.name": "乙三", "places": "1301工作面",
            "order_number": "演示煤安检〔2026〕1号", "due_on": "2026-03-12",
            "findings.0.item": "上隅角封堵不严", "findings.1.item": "变电所整定值不符",
        },
    )  # fmt: skip
    put_right(walk, first)
    walk.do("county_officer", first, "accept", **SEEN)
    walk.do("county_officer_b", first, "confirm_acceptance", opinion="复查合格")
    walk.do("mine_director", first, "sign_result")
    assert first.state == "closed"
    walk.site.script.until(beijing_midnight(civil_date(walk.site.script.at) + timedelta(days=3)))
    walk.wait(hours=9)
    page = walk.open("city_section", reverse("today"))
    look(page, "city-told")
    walk.do("city_section", second, "urge", demand="三日内整改到位")
    look(walk.open("city_section", reverse("case", args=[second.pk])), "overdue")
    walk.do("county_officer", second, "inspect_overdue", **SEEN, handling="go_on")
    second.refresh_from_db()
    assert second.state == "overdue"


def test_a_company_looks_again_at_what_it_found(walk: Walk):
    (case,) = recorded(
        walk, "company_officer", "company_risk_check",
        {
            "checked_on": DAY, "mine": walk.site.city.mine.code, "leader": "戊一", "controls_checked": "埋管抽采",
            "controls_ok": "true", "problems.0.item": "抽采负压不足", "due_on": "2026-03-20",
        },
    )  # fmt: skip
    put_right(walk, case)
    walk.do("company_officer", case, "accept", **SEEN)
    assert case.state == "closed"


@pytest.mark.parametrize("size", SIZES)
def test_oversight_of_a_county_is_closed_by_the_city(walk: Walk, logged_in, size):
    case, other = recorded(
        walk, "city_officer", "county_oversight",
        {
            "visited_on": DAY, "county": "140423-bureau", "method": "guidance", "checklist": "监管专员履职",
            "score": "88.5", "findings.0.item": "两份意见书未闭环", "findings.0.due_on": "2026-03-20",
            "findings.1.item": "五人小组缺员", "due_on": "2026-04-10",
        },
    )  # fmt: skip
    put_right(walk, case, "county_section")
    walk.do("city_officer", case, "accept", **SEEN)
    assert (case.state, other.state) == ("closed", "ordered")
    page = logged_in("county_section", size)
    page.goto(walk.site.address + reverse("oversight"))
    expect(page.locator("main")).to_contain_text("五人小组缺员")
    look(page, f"oversight-{size}")
