"""What a mine is, changed on the pages: a face closes and its points go, a capacity and a class hold from their day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.base.clock import civil_date
from kuangan.mine.actions import set_attribute
from tests.browser.conftest import Site
from tests.browser.test_group_and_shares import judged
from tests.browser.test_rectification import recorded
from tests.browser.test_stop_order import FOUND
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser
T0, T2 = "first-1301-T0", "first-1301-T2"


@pytest.fixture
def walk(site: Site, logged_in, tmp_path: Path) -> Walk:
    return Walk(site, logged_in, tmp_path)


@pytest.fixture
def yesterday(site: Site) -> date:
    return civil_date(site.script.at) - timedelta(days=1)


def test_a_face_closes_and_its_points_go_with_it(site: Site, walk: Walk, yesterday: date):
    script = site.script
    first = script.alarm(point=T0, peak="1.20")
    assert script.alarm(point=T2, peak="1.10") == first, "one face, one over-limit"
    page = walk.open("county_officer", reverse("case", args=[first.pk]))
    expect(page.locator("main")).to_contain_text("1301工作面回风巷T2")
    before = walk.file_of("county_section", yesterday)
    assert any("1301工作面" in part and "在采（掘）" in part for part in before)

    page = walk.open("mine_director", reverse("mine_tab", args=[site.city.mine.code, "faces"]))
    page.locator("tr", has_text="1301工作面").get_by_role("link", name="办理变更").click()
    page.get_by_role("link", name="结束采（掘）").click()
    page.fill("[name=reason]", "回采结束")
    page.get_by_role("button", name="提出", exact=True).click()
    expect(page.locator(".title .state").first).to_contain_text("待审核")
    page = walk.decide("county_section", "结束采（掘）")
    expect(page.locator(".title .state").first).to_contain_text("已生效")

    assert walk.file_of("county_section", yesterday) == before
    page = walk.open("county_section", reverse("mine_tab", args=[site.city.mine.code, "faces"]))
    [worked, others, *_] = page.locator("section.card").all_inner_texts()
    assert ("1301工作面" in worked, "1301工作面" in others) == (False, True)
    page = walk.open("county_section", reverse("placing", args=[site.city.mine.code]))
    expect(page.locator("table")).to_contain_text("1301工作面上隅角T0")

    walk.do("county_officer", first, "find_real", **FOUND)
    walk.do("county_officer_b", first, "confirm_real", opinion="同意")
    walk.wait(hours=1)
    third = script.alarm(point=T0, peak="1.20")
    fourth = script.alarm(point=T2, peak="1.10")
    assert len({first, third, fourth}) == 3, "no face joins them any more"


def test_a_capacity_changes_from_its_day_and_the_rule_reads_it_from_then(site: Site, walk: Walk, yesterday: date):
    mine, today = site.city.mine, yesterday + timedelta(days=1)
    set_attribute(actor=None, mine=mine, name="approved_capacity", value="120", valid_from=yesterday.replace(day=1))
    recorded(walk, "mine_director", "production_plan_year", plan("1300000", yesterday))
    assert "煤矿下达2026年计划1300000吨，核定能力1200000吨" in judged(walk, "production_plan_over_capacity")
    before = walk.file_of("county_section", yesterday)
    page = walk.change(
        "mine_director", "mine", mine.code, "mine_attributes", press="提出",
        approved_capacity="150", document="示能源〔2026〕5号", file="x", reason="核定能力批复",
    )  # fmt: skip
    expect(page.locator(".title .state").first).to_contain_text("待审核")
    assert "150" not in walk.file_of("county_section", today)[0], "what is proposed holds of nothing"
    page = walk.decide("county_section", "档案项目变更")
    expect(page.locator(".title .state").first).to_contain_text("已生效")
    assert walk.file_of("county_section", yesterday) == before
    assert "示能源〔2026〕5号" in walk.file_of("county_section", today)[0]
    assert "核定能力1200000吨" in judged(walk, "production_plan_over_capacity"), "a plan of the day before"
    recorded(walk, "mine_director", "production_plan_year", plan("1400000", today, "150"))
    said = judged(walk, "production_plan_over_capacity")
    assert "1300000" not in said
    assert "煤矿下达" not in said


def plan(tons: str, on: date, capacity: str = "120") -> dict[str, str]:
    return {
        "for_year": "2026", "issued_by": "mine", "planned_t": tons, "capacity_wt": capacity,
        "document_number": f"云岭生〔2026〕{on.day}号", "adopted_on": on.isoformat(),
    }  # fmt: skip


def test_a_class_decision_holds_from_its_publication_and_the_day_before_stays(site: Site, walk: Walk, yesterday: date):
    walk.wait(minutes=1)
    owed = [f"{letter}类煤矿年度计划执法检查（云岭一号煤矿）" for letter in "ABCD"]
    page = walk.open("county_officer", reverse("duties"))
    for asked in owed:
        expect(page.locator("main"), "of a class unknown all are asked").to_contain_text(asked)
    before = walk.file_of("county_section", yesterday)
    today = yesterday + timedelta(days=1)
    recorded(
        walk, "city_section", "mine_class_decision",
        {
            "decided_on": yesterday.isoformat(), "mine": site.city.mine.code, "mine_class": "C", "occasion": "yearly",
            "reasons": "二级标准化", "published_on": today.isoformat(),
            "announcement_number": "示应急〔2026〕6号", "valid_to": "2027-03-08",
        },
    )  # fmt: skip
    walk.wait(minutes=1)
    assert walk.file_of("county_section", yesterday) == before
    file = walk.file_of("county_section", today)[0]
    assert "C类" in file
    assert "示应急〔2026〕6号" in file
    page = walk.open("county_officer", reverse("duties"))
    expect(page.locator("main")).to_contain_text(owed.pop(2))
    for asked in owed:
        expect(page.locator("main")).not_to_contain_text(asked)
