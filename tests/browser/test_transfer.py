"""A mine passes to the city's bureau in the middle of an alarm and a stop, by the pages that people use."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.law.role import Role
from tests.browser.conftest import Site
from tests.browser.walk import Walk
from tests.story.test_law_stops import city_staff
from tests.web.world import further_person

pytestmark = pytest.mark.browser

FOUND = {"method": "on_site", "findings": "瓦斯检查员读数一致", "hand_reading": "1.10", "files": "x"}
PROPOSAL = {
    "days": "3",
    "scope": "mine",
    "requirements": "查明瓦斯来源\n整改通风系统",
    "opinion": "事实清楚，建议停产整顿",
}
REVIEWED = "事实清楚，适用依据正确，程序合法"
TRANSFER = {"supervisor": "1404-bureau", "document": "示例市安委〔2026〕3号", "file": "x", "reason": "调整分级监管"}


@pytest.fixture
def walk(site: Site, logged_in, tmp_path) -> Walk:
    city_staff(site.script)
    further_person(site.city, "city_mayor", "city_government", Role.government_head)
    return Walk(site, logged_in, tmp_path)


def stop_drafted(walk: Walk) -> Case:
    """Two over-limits within a week; the platform drafts the stop."""
    walk.site.script.real_alarm()
    walk.wait(hours=1)
    walk.site.script.real_alarm(point="first-1302-T0")
    return walk.site.script.suspension()


def hand_over(walk: Walk) -> None:
    """The county proposes, the city decides; both on the pages of register changes."""
    walk.wait(minutes=1)
    mine = walk.site.city.mine
    page = walk.change("county_section", "mine", mine.code, "mine_transfer", press="提出", **TRANSFER)
    expect(page.locator(".title .state").first).to_contain_text("待审核")
    page = walk.decide("city_section", "移交日常监管")
    expect(page.locator(".title .state").first).to_contain_text("已生效")


def waits_for(walk: Walk, username: str, case: Case) -> bool:
    page = walk.open(username, reverse("today"))
    return bool(page.locator("main").get_by_text(case.number).count())


def owes(walk: Walk, username: str) -> bool:
    """Whether a duty about the mine, whose term runs, stands in the list of the officer's own."""
    page = walk.open(username, reverse("duties"))
    expect(page.locator("h1")).to_have_text("履职")
    return bool(page.locator("main").get_by_text("B类煤矿年度计划执法检查（云岭一号煤矿）").count())


def test_an_alarm_and_a_stop_in_preparation_go_on_with_the_next_body(site: Site, walk: Walk):
    script, city = site.script, site.city
    stop = stop_drafted(walk)
    walk.do("county_officer", stop, "propose", **PROPOSAL)
    walk.do("county_officer_b", stop, "countersign", opinion="同意")
    alarm = script.alarm(point="first-1301-T2", peak="1.9")
    walk.do("mine_dispatcher", alarm, "report_first", cause_guess="片帮涌出", people_withdrawn="12")
    due = alarm.clocks.get(clock="verify", stopped_at=None).due_at
    yesterday = clock.civil_date(script.at) - timedelta(days=1)
    before = walk.file_of("city_section", yesterday)
    hand_over(walk)

    stop.refresh_from_db()
    assert alarm.clocks.get(clock="verify", stopped_at=None).due_at == due
    assert walk.file_of("city_section", yesterday) == before
    assert "示例县应急管理局" in before[0]
    assert "示例市应急管理局" in walk.file_of("city_section", yesterday + timedelta(days=1))[0]
    assert not waits_for(walk, "county_section", stop)
    walk.cannot("county_officer", alarm, "find_real")
    walk.cannot("county_officer", stop, "propose")
    walk.do("city_officer", alarm, "find_real", **FOUND)
    walk.cannot("county_officer_b", alarm, "confirm_real")
    walk.do("city_officer_b", alarm, "confirm_real", opinion="同意")
    assert alarm.state == "confirmed_real"

    walk.do("city_officer", stop, "propose", **PROPOSAL)
    walk.do("city_officer_b", stop, "countersign", opinion="同意")
    walk.do("city_section", stop, "review", opinion="同意")
    walk.do("city_legal", stop, "pass_legal_review", opinion=REVIEWED)
    walk.cannot("county_head", stop, "order")
    assert waits_for(walk, "city_head", stop)
    walk.do("city_head", stop, "order")
    paper = stop.papers.get(paper__template="onsite_decision").paper
    page = walk.open("city_head", reverse("case", args=[stop.pk]))
    expect(page.locator("main")).to_contain_text(paper.number)
    assert (paper.unit, paper.signer_name) == (city.units["city"], "丙六")
    serve(walk, stop, "city_officer")
    to_the_end(walk, stop)


def serve(walk: Walk, stop: Case, username: str) -> None:
    walk.wait(minutes=30)
    served = clock.civil(walk.site.script.at).strftime("%Y-%m-%dT%H:%M:%S")
    received = {"receiver": "甲二", "receiver_post": "矿长", "place": "矿调度室", "received_on": served[:10]}
    walk.do(username, stop, "serve", method="direct", served_at=served, files="x", **received)
    walk.do(username, stop, "publish_order")


def to_the_end(walk: Walk, stop: Case) -> None:
    """The chain of resumption with the people of the city, not with those of the county."""
    walk.wait(days=5)
    on = clock.civil_date(walk.site.script.at).isoformat()
    walk.do("mine_director", stop, "accept_self", rectified="已整改", accepted_on=on, files="x")
    walk.do("company_officer", stop, "accept_company", opinion="验收合格")
    walk.do("mine_director", stop, "apply", statement="整改完成，申请恢复生产")
    walk.cannot("county_officer", stop, "accept")
    walk.do("city_officer", stop, "accept", inspected_on=on, participants="丙二、丙三", opinion="验收合格")
    walk.cannot("county_head", stop, "sign_acceptance")
    walk.do("city_head", stop, "sign_acceptance")
    walk.do("inspectorate_officer", stop, "consent", opinion="同意")
    walk.cannot("county_government", stop, "approve")
    walk.do("city_mayor", stop, "approve")
    walk.do("city_officer", stop, "resume")
    walk.do("city_officer", stop, "publish_resumption")
    page = walk.open("city_officer", reverse("case", args=[stop.pk]))
    expect(page.locator("ol.flow li.now")).to_have_text("已办结")


def test_a_stop_that_is_served_stays_in_force_and_the_next_body_lets_the_mine_resume(site: Site, walk: Walk):
    stop = stop_drafted(walk)
    walk.do("county_officer", stop, "propose", **PROPOSAL)
    walk.do("county_officer_b", stop, "countersign", opinion="同意")
    walk.do("county_section", stop, "review", opinion="同意")
    walk.do("county_legal", stop, "pass_legal_review", opinion=REVIEWED)
    walk.do("county_head", stop, "order")
    serve(walk, stop, "county_officer")
    paper = stop.papers.get(paper__template="onsite_decision").paper
    assert (owes(walk, "county_officer"), owes(walk, "city_officer")) == (True, False)
    hand_over(walk)
    assert (owes(walk, "county_officer"), owes(walk, "city_officer")) == (False, True)
    page = walk.open("city_officer", reverse("case", args=[stop.pk]))
    expect(page.locator("main")).to_contain_text(paper.number)
    to_the_end(walk, stop)
    paper.refresh_from_db()
    assert (paper.unit, paper.signer_name) == (site.city.units["county"], "乙六")
