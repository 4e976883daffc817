"""Groups of five, the four shares of responsibility, an obstruction: entered in the browser, and what the platform makes of them."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.base.clock import beijing_midnight
from kuangan.casework.models import Case
from kuangan.duty.models import Duty
from tests.browser.conftest import Site
from tests.browser.test_other_side import corrected
from tests.browser.test_penalty import opened
from tests.browser.test_rectification import DAY, SEEN, look, put_right, recorded
from tests.browser.walk import Walk
from tests.web.world import build_world

pytestmark = pytest.mark.browser
GROUP = {
    "leader": "示例甲",
    "mining": "示例乙",
    "ventilation": "示例丙",
    "electromechanical": "示例丁",
    "geology": "示例戊",
}


@pytest.fixture
def walk(site: Site, logged_in, tmp_path: Path) -> Walk:
    build_world(site.city, site.script)
    return Walk(site, logged_in, tmp_path)


def judged(walk: Walk, rule: str, of: str = "") -> str:
    """What the page of rules says of the mine, or another unit, once the sweep has judged what changed."""
    for _ in range(3):
        walk.wait(minutes=1)
    address = f"{reverse('rule_states')}?outcome=all&rule={rule}&q={of or walk.site.city.mine.code}"
    page = walk.open("county_section", address)
    look(page, f"rule-{rule}")
    return page.locator("main").inner_text()


def test_a_visit_of_the_group_is_by_its_members_and_its_problem_is_owed(walk: Walk):
    mine = walk.site.city.mine.code
    assert not recorded(
        walk, "county_clerk", "five_person_group",
        {"from_on": "2026-01-05", "mine": mine, **GROUP, "document": "演示应急〔2026〕2号"},
    )  # fmt: skip
    visit = {
        "visited_on": DAY, "mine": mine, "members.0.name": "示例甲", "members.1.name": "示例己", "shift": "night",
        "underground": "true", "places": "1301综采工作面", "problems.0.item": "探水钻孔记录不全", "due_on": "2026-03-18",
    }  # fmt: skip
    (case,) = recorded(walk, "county_officer", "five_person_visit", visit)
    assert "示例己不是该矿五人小组成员" in judged(walk, "five_person_visit_by_others")
    put_right(walk, case)
    walk.do("county_officer", case, "accept", **SEEN)
    assert case.state == "closed"
    summed = {
        "reported_on": DAY,
        "mine": mine,
        "visits": "4",
        "problems": "1",
        "unresolved": "0",
        "summary": "探水记录已补全",
    }
    recorded(walk, "county_officer", "five_person_summary", summed)
    assert "小结填报检查4次，台账登记1次" in judged(walk, "five_person_summary_differs")
    page = walk.open("county_section", reverse("duties"))
    look(page, "group-duties")


def test_four_shares_are_computed_and_shown_where_they_are_kept(walk: Walk):
    assessed = {
        "month_end": "2026-02-28", "department": "综采一队", "people": "86", "signed": "86", "tested": "20",
        "passed": "18", "assessed": "86", "qualified": "82", "breaches": "4", "handled": "4",
        "problems": "两名支架工对本岗位风险不清楚", "measures": "补考", "assessors.0.name": "甲三",
    }  # fmt: skip
    recorded(walk, "mine_director", "post_assessment", assessed)
    said = judged(walk, "responsibility_shares_low")
    assert all(words in said for words in ("明责100%", "知责90%", "履责95.35%", "问责100%"))
    asked = {
        "checked_on": "2026-02-20", "mine": walk.site.city.mine.code, "checkers.0.name": "乙二", "asked": "20", "answered": "12",
        "lists_agree": "met", "regulations_studied": "met", "violations_real": "met",
    }  # fmt: skip
    recorded(walk, "county_officer", "workforce_duty_check", asked)
    assert "监管部门抽问12/20" in judged(walk, "responsibility_shares_low")


def test_an_obstruction_is_put_right_by_the_mine_and_its_filing_is_owed_by_the_bureau(walk: Walk):
    happened = {
        "happened_on": DAY, "mine": walk.site.city.mine.code, "kind": "hide_place", "inspectors.0.name": "乙二", "facts": "封闭联络巷入口",
        "persons.0.name": "甲二", "persons.0.post": "生产副矿长", "orders.0.item": "打开联络巷，如实提供全部作业地点", "correct_by": "2026-03-11",
    }  # fmt: skip
    (case,) = recorded(walk, "county_officer", "inspection_obstruction", happened)
    put_right(walk, case)
    page = walk.open("county_officer", reverse("today"))
    expect(page.locator("main")).to_contain_text("对拒绝、阻碍监督检查的依法立案")
    look(page, "obstruction-owed")
    penalty = opened(walk, "county_officer", walk.site.city.mine.name, persons=False)
    walk.do("county_officer", penalty, "propose_filing", check="执法记录仪影像证实")
    walk.do("county_officer_b", penalty, "join_filing")
    owed = Duty.objects.get(obligation="inspection_obstruction_filed")
    assert owed.done_at is None
    walk.do("county_head", penalty, "file")
    owed.refresh_from_db()
    assert owed.done_at is not None
    walk.do("county_officer", case, "accept", **SEEN)
    assert case.state == "closed"
    assert "隐瞒作业地点" in judged(walk, "inspection_obstructed")
    corrected(walk, "county_officer", "inspection_obstruction", corrected_on=DAY)
    assert "\t符合\t" in judged(walk, "inspection_obstructed")
    walk.site.script.until(beijing_midnight(case.opened_at.date().replace(day=16)))
    assert Case.objects.filter(procedure="rectification").count() == 1
