"""A penalty by the pages that people use: opened from 新办, told, decided, served, paid and closed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.casework.models import Case
from tests.browser.conftest import OUTPUT, SIZES, Site
from tests.browser.walk import Walk

pytestmark = pytest.mark.browser

MINE, DIRECTOR = 1, 2
CLUE = {
    "source": "inspection",
    "behaviour": "未落实领导带班下井制度",
    "summary": "夜班检查无矿级领导下井带班，带班记录系事后补填",
    "address": "示例县云岭镇",
    "phone": "0000-0000000",
}
PROPOSALS = {
    MINE: {
        "violated": "《煤矿安全生产条例》第二十三条第二款",
        "basis": "《煤矿安全生产条例》第六十三条第（一）项",
        "fine": "120000",
        "other": "none",
        "reasons": "检查后立即改正，在法定幅度内从轻",
    },
    DIRECTOR: {
        "violated": "《中华人民共和国安全生产法》第二十一条",
        "basis": "《中华人民共和国安全生产法》第九十四条第一款",
        "fine": "20000",
        "other": "none",
        "reasons": "配合调查，在法定幅度内从轻",
    },
}
REPORT = {"facts": "该矿夜班无矿级领导下井带班", "evidence": "现场检查记录\n人员位置监测记录", "correction": "立即改正"}
DISCUSSION = {
    "place": "县局会议室",
    "participants": "乙六、乙七",
    "opinions": "一致同意",
    "conclusion": "按复核意见处罚",
}


@pytest.fixture
def walk(site: Site, logged_in, tmp_path) -> Walk:
    return Walk(site, logged_in, tmp_path)


def test_a_penalty_is_opened_from_the_page_of_new_cases_and_led_to_its_end(site: Site, walk: Walk):
    case = opened(walk, "county_officer", "云岭一号煤矿", persons=True)
    two_officers_investigate(walk, case)
    the_mine_sees_nothing_yet(walk, case)
    both_are_told(walk, case)
    the_mine_reads_its_own_notice(walk, case)
    walk.do("mine_director", case, "respond", about=DIRECTOR, kind="defend", statement="当晚在井下另一地点", files="x")
    walk.wait(days=8)
    decided(walk, case)
    served_paid_and_closed(walk, case)
    the_board_shows_it(walk, case)


def test_a_company_is_punished_by_the_city(site: Site, walk: Walk):
    case = opened(walk, "city_officer", "云岭矿业公司", persons=False)
    assert (case.unit.name, case.office.name) == ("云岭矿业公司", "示例市应急管理局")
    walk.do("city_officer", case, "propose_filing", check="检查记录证实")
    walk.do("city_officer_b", case, "join_filing")
    page = walk.open("company_officer", reverse("cases"))
    expect(page.locator("main")).not_to_contain_text(case.number)


def opened(walk: Walk, username: str, unit: str, *, persons: bool) -> Case:
    """From the list of cases by 新办 to the new case's page."""
    walk.wait(minutes=1)
    today = clock.civil_date(walk.site.script.at)
    page = walk.open(username, reverse("cases"))
    page.get_by_role("link", name="新办").click()
    page.get_by_role("link", name="行政处罚立案").first.click()
    page.select_option("[name=subject]", label=unit)
    for name, value in {**CLUE, "found_on": str(today), "ended_on": str(today - timedelta(days=1))}.items():
        walk.fill(page, name, value)
    walk.fill(page, "against", "both" if persons else "unit")
    for name, value in {"name": "甲二", "post": "矿长", "address": "示例县云岭镇"}.items() if persons else ():
        walk.fill(page, f"persons.0.{name}", value)
    looked_at(walk, page, "penalty-new")
    page.locator("form[data-keep] button.btn-primary").click()
    expect(page.locator(".note").first).to_contain_text("已立案")
    return Case.objects.get(procedure="administrative_penalty", title__startswith=unit)


def two_officers_investigate(walk: Walk, case: Case) -> None:
    page = walk.open("county_officer", reverse("today"))
    page.locator("tr", has_text=case.number).get_by_role("link").last.click()
    walk.do("county_officer", case, "propose_filing", check="现场检查记录证实")
    walk.do("county_officer_b", case, "join_filing")
    walk.do("county_head", case, "file")
    walk.do("county_officer", case, "record_evidence", kind="record", what="现场检查记录", files="x")
    for party, proposal in PROPOSALS.items():
        walk.do("county_officer", case, "propose_penalty", about=party, **proposal)
    walk.do("county_officer", case, "report", **REPORT)
    walk.do("county_officer_b", case, "confirm_report")
    walk.do("county_head", case, "approve_report")
    assert case.state == "approved"


def the_mine_sees_nothing_yet(walk: Walk, case: Case) -> None:
    page = walk.open("mine_director", reverse("cases"))
    expect(page.locator("main")).not_to_contain_text(case.number)
    assert walk.open("mine_director", reverse("case", args=[case.pk])).locator("text=未落实领导带班").count() == 0


def both_are_told(walk: Walk, case: Case) -> None:
    page = walk.open("county_officer", reverse("case", args=[case.pk]))
    expect(page.get_by_role("link", name="登记告知书送达（云岭一号煤矿）")).to_be_visible()
    expect(page.get_by_role("link", name="登记告知书送达（甲二）")).to_be_visible()
    looked_at(walk, page, "penalty-case")
    for party in (MINE, DIRECTOR):
        served(walk, case, "serve_pre_notice", party)


def served(walk: Walk, case: Case, move: str, party: int) -> None:
    walk.wait(minutes=2)
    at = clock.civil(walk.site.script.at).strftime("%Y-%m-%dT%H:%M:%S")
    handed = {"method": "direct", "receiver": "甲二", "receiver_post": "矿长", "place": "矿调度室", "served_at": at}
    walk.do("county_officer", case, move, about=party, **handed)


def the_mine_reads_its_own_notice(walk: Walk, case: Case) -> None:
    page = walk.open("mine_director", reverse("case", args=[case.pk]))
    expect(page.get_by_role("link", name="行政处罚告知书").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("案件处理呈批表")
    expect(page.locator("main")).not_to_contain_text("监督检查")
    expect(page.locator("main")).not_to_contain_text("移送司法机关")
    looked_at(walk, page, "penalty-mine")
    page.get_by_role("link", name="行政处罚告知书").last.click()
    expect(page.locator("main")).to_contain_text("行政处罚告知书")


def decided(walk: Walk, case: Case) -> None:
    for party, adopted in ((MINE, "none"), (DIRECTOR, "refused")):
        proposal = {name: PROPOSALS[party][name] for name in ("fine", "other", "reasons")}
        walk.do("county_officer", case, "conclude", about=party, adopted=adopted, **proposal)
    walk.do("county_officer_b", case, "confirm_conclusion")
    walk.do("county_legal", case, "pass_legal_review", opinion="事实清楚，程序合法")
    held_at = clock.civil(walk.site.script.at).strftime("%Y-%m-%dT%H:%M:%S")
    page = walk.open("county_head", reverse("move", args=[case.pk, "decide"]) + f"?party={MINE}")
    expect(page.get_by_text("须由负责人集体讨论决定").first).to_be_visible()
    walk.do("county_head", case, "discuss", held_at=held_at, **DISCUSSION)
    for party in (MINE, DIRECTOR):
        walk.do("county_head", case, "decide", about=party)
    assert case.state == "decided"


def served_paid_and_closed(walk: Walk, case: Case) -> None:
    for party in (MINE, DIRECTOR):
        served(walk, case, "serve_decision", party)
    page = walk.open("mine_director", reverse("case", args=[case.pk]))
    expect(page.get_by_role("link", name="行政处罚决定书").first).to_be_visible()
    paid_on = str(clock.civil_date(walk.site.script.at))
    for party, fine in ((MINE, "120000"), (DIRECTOR, "20000")):
        walk.do("county_officer", case, "record_payment", about=party, paid_on=paid_on, fine=fine, receipt="1")
    walk.do("county_officer", case, "publish_decision", about=MINE)
    walk.do("county_officer", case, "report_upward", document="示应急备〔2026〕1号")
    walk.do("county_officer", case, "propose_closing", reason="行政处罚决定已由当事人履行完毕")
    walk.do("county_head", case, "close")
    page = walk.open("county_officer", reverse("case", args=[case.pk]))
    expect(page.locator("ol.flow li.now")).to_have_text("已结案")
    looked_at(walk, page, "penalty-closed")


def the_board_shows_it(walk: Walk, case: Case) -> None:
    page = walk.open("county_officer", reverse("board_cell", args=["14.2", "140423"]))
    expect(page.locator("main")).to_contain_text(case.number)
    expect(page.locator("main")).to_contain_text("按期已办1")
    looked_at(walk, page, "penalty-board")


def looked_at(walk: Walk, page: Page, name: str) -> None:
    """Pictures at both sizes; nothing runs out of the page at either."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for size in ("phone", "desktop"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} {size}"
        page.screenshot(path=OUTPUT / f"{name}-{size}.png", full_page=True)
