"""From the second over-limit within a week to production resumed, by the pages that people use."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.models import CallAttempt
from tests.browser.conftest import Site
from tests.browser.walk import Walk
from tests.city import on_duty

pytestmark = pytest.mark.browser

FOUND = {"method": "on_site", "findings": "瓦斯检查员读数一致", "hand_reading": "1.10", "files": "x"}
PROPOSAL = {
    "days": "3",
    "scope": "mine",
    "requirements": "查明瓦斯来源\n整改通风系统",
    "opinion": "事实清楚，建议停产整顿",
}


@pytest.fixture
def walk(site: Site, logged_in, tmp_path) -> Walk:
    return Walk(site, logged_in, tmp_path)


def test_two_overlimits_in_a_week_stop_the_mine_until_the_chain_is_complete(site: Site, walk: Walk):
    script, city = site.script, site.city
    script.real_alarm(point="first-1302-T0")
    walk.wait(hours=30)
    on_duty(city, clock.civil_date(script.at))
    alarm = script.alarm(point="first-1301-T0", peak="1.60")
    nobody_answers(walk, alarm)
    the_mine_reports_and_two_officers_confirm(walk, alarm)
    suspension = script.suspension()
    the_order_is_signed(walk, suspension)
    served_and_too_early(walk, suspension)
    the_chain_is_completed(walk, suspension)


def nobody_answers(walk: Walk, alarm: Case) -> None:
    """The mine does not sign for it: the county's duty officer is called, then the city's."""
    page = walk.open("mine_dispatcher", reverse("mine_alarms"))
    expect(page.get_by_role("link", name="签收", exact=True)).to_be_visible()
    walk.wait(minutes=31)
    walk.wait(minutes=3)
    walk.wait(minutes=3)
    rung = CallAttempt.objects.order_by("call", "seq").values_list("person__name", flat=True)
    assert list(rung)[:2] == [person_name(walk, "county_duty"), person_name(walk, "city_duty")]
    page = walk.open("county_duty", reverse("desk"))
    expect(page.locator("#queue")).to_contain_text("逾期")
    walk.do("county_duty", alarm, "record_call", answered_by="调度员甲一", told="立即停电撤人；对方答复照办")


def person_name(walk: Walk, username: str) -> str:
    return walk.site.city[username].display_name


def the_mine_reports_and_two_officers_confirm(walk: Walk, alarm: Case) -> None:
    walk.do("mine_dispatcher", alarm, "report_first", cause_guess="片帮涌出", people_withdrawn="12")
    now = clock.civil(walk.site.script.at).strftime("%Y-%m-%dT%H:%M:%S")
    stopped = {"power_off_at": now, "withdrawn_at": now, "people": "12", "scope": "1301工作面", "files": "x"}
    walk.do("mine_dispatcher", alarm, "report_power_off", **stopped)
    walk.do("county_officer", alarm, "find_real", **FOUND)
    page = walk.open("county_officer", reverse("case", args=[alarm.pk]))
    expect(page.get_by_text("须由两名人员分别确认").first).to_be_visible()
    walk.do("county_officer_b", alarm, "confirm_real", opinion="同意")
    assert alarm.state == "confirmed_real"


def the_order_is_signed(walk: Walk, case: Case) -> None:
    walk.do("county_officer", case, "propose", **PROPOSAL)
    walk.do("county_officer_b", case, "countersign", opinion="同意")
    walk.do("county_section", case, "review", opinion="同意")
    walk.do("county_legal", case, "pass_legal_review", opinion="事实清楚，适用依据正确，程序合法")
    page = walk.open("county_head", reverse("today"))
    page.locator("tr", has_text=case.number).get_by_role("link").last.click()
    walk.do("county_head", case, "order")
    paper = case.papers.get(paper__template="onsite_decision").paper
    answer = walk.page("county_head").request.get(walk.site.address + reverse("paper_pdf", args=[paper.pk]))
    assert answer.body().startswith(b"%PDF")
    assert paper.number


def served_and_too_early(walk: Walk, case: Case) -> None:
    walk.wait(minutes=30)
    served = clock.civil(walk.site.script.at).strftime("%Y-%m-%dT%H:%M:%S")
    walk.do(
        "county_officer",
        case,
        "serve",
        method="direct",
        receiver="甲二",
        receiver_post="矿长",
        place="矿调度室",
        served_at=served,
        received_on=served[:10],
        files="x",
    )
    walk.do("county_officer", case, "publish_order")
    walk.wait(days=2)
    page = walk.open("county_officer", reverse("move", args=[case.pk, "resume"]))
    expect(page.get_by_text("停产整顿期限未满，依法不得恢复生产").first).to_be_visible()
    expect(page.locator("form[data-keep] button.btn-primary")).to_be_disabled()


def the_chain_is_completed(walk: Walk, case: Case) -> None:
    on = clock.civil_date(walk.site.script.at).isoformat()
    walk.do("mine_director", case, "accept_self", rectified="已整改", accepted_on=on, files="x")
    walk.do("company_officer", case, "accept_company", opinion="验收合格")
    walk.do("mine_director", case, "apply", statement="整改完成，申请恢复生产")
    walk.do("county_officer", case, "accept", inspected_on=on, participants="乙二、乙三", opinion="验收合格")
    walk.do("county_head", case, "sign_acceptance")
    walk.do("inspectorate_officer", case, "consent", opinion="同意")
    walk.wait(days=3)
    walk.do("county_government", case, "approve")
    walk.do("county_officer", case, "resume")
    assert case.state == "resumed"
    walk.do("county_officer", case, "publish_resumption")
    page = walk.open("county_officer", reverse("case", args=[case.pk]))
    expect(page.locator("ol.flow li.now")).to_have_text("已办结")
