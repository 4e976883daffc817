"""Who decides about himself is looked at by another: a county's class by the city, a mine's investigation by its supervisor."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kuangan.duty.models import Duty
from kuangan.ledger.models import Entry
from tests.browser.conftest import Site
from tests.browser.test_rectification import DAY, look, recorded
from tests.browser.walk import Walk
from tests.web.world import build_world

pytestmark = pytest.mark.browser
HAZARD = {
    "found_on": "2026-03-05", "place": "3111掘进工作面", "hazard": "未按设计施工探水钻孔", "grade": "major",
    "found_by": "甲三", "responsible": "甲一", "measures": "停止掘进，按设计补打", "funds": "30000",
    "due_on": "2026-03-25", "contingency": "停止作业，人员撤至安全地点",
}  # fmt: skip
INVESTIGATION = {
    "started_on": "2026-03-06", "hazard": "未按设计施工探水钻孔", "origin": "self", "group_leader": "甲二", "members.0.name": "甲三",
    "causes": "探放水管理松懈", "liability": "对两名钻工罚款", "finished_on": DAY,
}  # fmt: skip
NEAR_MISS = {
    "happened_on": DAY, "place": "1304掘进工作面", "kind": "roof", "event": "迎头局部冒落，未伤人", "potential": "可能造成伤亡",
    "causes": "空顶距超过规定", "measures": "加强临时支护检查", "due_on": "2026-03-20", "closed_on": DAY,
}  # fmt: skip


@pytest.fixture
def walk(site: Site, logged_in, tmp_path: Path) -> Walk:
    build_world(site.city, site.script)
    return Walk(site, logged_in, tmp_path)


def corrected(walk: Walk, by: str, ledger: str, **change: str) -> None:
    """The keeper corrects the newest entry of a ledger."""
    entry = Entry.objects.filter(ledger=ledger, superseded_at=None).latest("pk")
    page = walk.open(by, reverse("correct_entry", args=[ledger, entry.serial]))
    for name, value in change.items():
        walk.fill(page, name, value)
    walk.fill(page, "reason", "按退回意见更正")
    page.get_by_role("button", name="提交更正", exact=True).click()
    expect(page.locator(".note").first).to_contain_text("已更正")


def test_a_county_proposes_a_class_the_city_reviews_and_publishes_it(walk: Walk):
    mine = walk.site.city.mine.code
    proposed = {
        "decided_on": DAY, "mine": mine, "mine_class": "C", "occasion": "adjusted", "reasons": "两年内发生一起死亡事故",
        "valid_to": "2027-03-09",
    }  # fmt: skip
    recorded(walk, "county_section", "mine_class_decision", proposed)
    page = walk.confirm("city_section", "审定煤矿分类", "要素属实，同意C类")
    expect(page.locator("main")).to_contain_text("要素属实，同意C类")
    look(page, "class-reviewed")
    published = {"published_on": DAY, "announcement_number": "演示应急公告〔2026〕8号"}
    recorded(walk, "city_section", "mine_class_decision", {**proposed, **published})
    page = walk.open("county_officer", reverse("mine", args=[mine]))
    expect(page.locator("main")).to_contain_text("C类")
    look(page, "class-of-the-mine")


def test_a_mine_investigates_its_major_hazard_and_the_supervisor_reviews_what_it_found(walk: Walk):
    recorded(walk, "mine_clerk", "hazard_item", HAZARD)
    expect(walk.open("mine_director", reverse("today")).locator("main")).to_contain_text("重大隐患按事故调查处理")
    recorded(walk, "mine_director", "hazard_investigation", INVESTIGATION)
    owed = Duty.objects.get(obligation="major_hazard_investigated")
    page = walk.open("county_section", reverse("today"))
    expect(page.locator("main")).to_contain_text("审查煤矿重大隐患调查结论")
    look(page, "investigation-owed")
    walk.confirm("county_section", "审查重大隐患调查结论", "未查管理责任", button="退回登记单位")
    owed.refresh_from_db()
    assert owed.done_at is None
    corrected(walk, "mine_director", "hazard_investigation", liability="对两名钻工罚款，对分管副矿长记过")
    look(walk.confirm("county_section", "审查重大隐患调查结论", "责任落实到管理人员"), "investigation-reviewed")
    owed.refresh_from_db()
    assert (owed.done_at is not None, owed.grade) == (True, "accepted")
    assert Duty.objects.get(obligation="hazard_investigation_reviewed").done_at is not None
    recorded(walk, "mine_director", "near_miss", NEAR_MISS)
    assert Duty.objects.get(obligation="near_miss_measures_done").done_at is not None
