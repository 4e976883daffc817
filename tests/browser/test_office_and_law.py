"""What an office does is what the law asks: a circular with its study and self-check, a draw with its visit, a consultation with its conclusions."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.casework.models import Case
from kuangan.draw.models import Draw
from kuangan.duty.models import Duty
from kuangan.ledger.models import Entry
from kuangan.office.models import Circular, Meeting
from tests.browser.conftest import OUTPUT, Site
from tests.browser.walk import Walk, fresh_code
from tests.web.world import build_world

pytestmark = pytest.mark.browser

DAY = "2026-03-10"
ACCIDENT = {
    "title": "关于一起斜巷跑车事故的通报", "number": "演示应急〔2026〕12号", "body": "各煤矿：现将有关情况通报如下。",
    "accident": "外省某煤矿三月二日斜巷跑车事故", "grade": "larger", "accident_kind": "transport",
    "lessons": "防跑车装置失效", "requirements": "全面排查斜巷运输", "study_due": "2026-03-20",
}  # fmt: skip
STUDY = {
    "studied_on": DAY, "organiser": "甲二", "participants": "86", "others_as_own": "对照检查副斜井", "past_as_today": "复查去年一次掉道",
    "small_as_big": "对掉道重新分析", "hazard_as_accident": "一条隐患按事故追查",
}  # fmt: skip
SELF_CHECK = {
    "checked_on": DAY, "accident_kind": "transport", "electromechanical": "核查绞车制动闸8台，合格", "transport": "核查防跑车装置14处",
    "problems": "未发现同类问题", "measures": "继续每班试验", "leader": "甲二",
}  # fmt: skip
SEEN = {"method": "on_site", "seen": "查看五人小组文件和证书"}


@pytest.fixture
def walk(site: Site, logged_in, tmp_path: Path) -> Walk:
    build_world(site.city, site.script)
    return Walk(site, logged_in, tmp_path)


def look(page: Page, name: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"office-and-law-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def entered(walk: Walk, page: Page, filled: dict[str, str]) -> None:
    """The form of a ledger that is open, filled in and recorded."""
    for name, value in filled.items():
        walk.fill(page, name, value)
    press(page, "登记")
    expect(page.locator(".note").first).to_contain_text("已登记")


def study_again(walk: Walk, mine: Page) -> None:
    """The mine reads why its study came back and corrects the entry."""
    entry = Entry.objects.get(ledger="circular_study", superseded_at=None)
    mine.goto(walk.site.address + reverse("entry", args=[entry.ledger, entry.serial]))
    expect(mine.locator("main")).to_contain_text("四个对待照抄通报")
    mine.goto(walk.site.address + reverse("correct_entry", args=[entry.ledger, entry.serial]))
    walk.fill(mine, "others_as_own", "对照检查副斜井3处跑车防护装置，试验各3次")
    walk.fill(mine, "reason", "按退回意见重新对照")
    look(mine, "study-again")
    press(mine, "提交更正")
    expect(mine.locator(".note").first).to_contain_text("更正")


def test_an_accident_circular_of_the_office_is_studied_and_self_checked_by_the_mine(walk: Walk):
    page = walk.open("city_section", reverse("new_circular"))
    expect(page.get_by_label("通报的事故")).to_be_hidden()
    page.check("[name=kind][value=circular]")
    expect(page.get_by_label("通报的事故")).to_be_visible()
    for name, value in ACCIDENT.items():
        walk.fill(page, name, value)
    page.check("[name=receivers][value=mines]")
    look(page, "circular-new")
    press(page, "发出")
    circular = Circular.objects.get()
    expect(page.locator("h1")).to_have_text(ACCIDENT["title"])

    mine = walk.open("mine_director", reverse("today"))
    mine.get_by_role("link").filter(has_text="学习事故通报并作四个对待对照").first.click()
    expect(mine.locator(".title")).to_contain_text(ACCIDENT["title"])
    look(mine, "study-owed")
    mine.locator(".title").get_by_role("link", name=ACCIDENT["title"]).click()
    press(mine, "签收")
    mine.get_by_role("link", name="登记学习记录").click()
    expect(mine.locator("[name=circular_number]")).to_have_value(circular.number)
    entered(walk, mine, STUDY)
    mine.goto(walk.site.address + reverse("circular", args=[circular.pk]))
    look(mine, "circular-mine")
    mine.get_by_role("link", name="登记机电运输自查").click()
    expect(mine.locator("[name=circular_title]")).to_have_value(circular.title)
    entered(walk, mine, SELF_CHECK)
    own = Duty.objects.filter(unit=walk.site.city.units["mine"], subject=f"entry:{circular.entry}")
    assert [(duty.done_at is not None, duty.grade) for duty in own] == [(True, "self")] * 2
    walk.confirm("county_officer", "核实对照学习情况", "四个对待照抄通报", button="退回登记单位")
    assert own.get(obligation="circular_studied").done_at is None
    study_again(walk, mine)
    look(walk.confirm("county_officer", "核实对照学习情况", "抽问5人，均能说清"), "study-verified")
    walk.confirm("county_officer", "核实机电运输自查情况", "现场查看防跑车装置2处")
    assert [(duty.done_at is not None, duty.grade) for duty in own.all()] == [(True, "accepted")] * 2

    page.reload()
    receipts = page.locator("#receipts")
    expect(receipts).to_contain_text(DAY)
    expect(receipts).to_contain_text("未登记")
    look(page, "circular-sent")


def test_a_county_that_the_city_drew_is_visited_answers_is_refused_and_closed_by_the_city(walk: Walk):
    page = walk.open("city_section", reverse("new_draw"))
    for label, text in {
        "名称": "三月县区督导抽查", "检查事项": "监管工作督导", "抽取煤矿数": "3", "抽取人员数": "2",
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.fill("[name=code]", fresh_code("city_section"))
    press(page, "公布名单和承诺")
    draw = Draw.objects.get(title="三月县区督导抽查")
    page.fill("#signing-code-prepare", fresh_code("city_section"))
    press(page, "提请见证")
    witness = walk.open("city_officer", reverse("draw", args=[draw.pk]))
    witness.get_by_label("见证内容").fill("今日晴转多云")
    witness.fill("#signing-code-witness", fresh_code("city_officer"))
    press(witness, "见证并当场抽取")
    bureau = walk.site.city.units["county"]
    line = witness.locator("#visits tr").filter(has_text=bureau.name)
    look(witness, "draw-visits")
    line.get_by_role("link", name="登记督导检查").click()
    expect(witness.locator("[name=draw_number]")).to_have_value(draw.number)
    entered(
        walk, witness,
        {
            "visited_on": DAY, "checklist": "监管专员履职", "score": "88.5", "findings.0.item": "五人小组缺地质专业成员",
            "due_on": "2026-03-20",
        },
    )  # fmt: skip
    (case,) = Case.objects.filter(procedure="rectification", unit=bureau)
    for answered in range(2):
        if not answered:
            walk.do("county_section", case, "sign_for")
        walk.do("county_section", case, "answer", done="已补充成员", finished_on=DAY, files="")
        if not answered:
            walk.do("city_officer_b", case, "refuse", reason="补充人员无地质专业")
    look(walk.open("county_section", reverse("case", args=[case.pk])), "county-answers")
    walk.do("city_officer", case, "accept", **SEEN)
    assert (case.state, case.facts["refused"]) == ("closed", 1)
    witness.goto(walk.site.address + reverse("draw", args=[draw.pk]))
    expect(witness.locator("#visits tr").filter(has_text=bureau.name)).to_contain_text(DAY)
    page.goto(walk.site.address + reverse("oversight"))
    look(page, "oversight")


def test_a_consultation_is_held_on_its_page_and_its_conclusion_is_owed_by_the_mine(walk: Walk):
    page = walk.open("county_section", reverse("new_meeting"))
    page.check("[name=kind][value=consultation]")
    for name, value in {
        "title": "三月份煤矿安全风险研判会商", "starts_at": "2026-03-09T15:00", "place": "三楼会议室", "chair": "乙六",
        "agenda": "研判三月风险",
    }.items():  # fmt: skip
        walk.fill(page, name, value)
    page.check(f'[name=receivers][value="{walk.site.city.units["mine"].pk}"]')
    look(page, "meeting-new")
    press(page, "发出会议通知")
    meeting = Meeting.objects.get()
    page.locator("[name=present]").first.check()
    press(page, "登记到会情况")
    page.fill("[name=draft]", "2026年3月风险分析报告（送审稿）")
    page.fill("[name=problems]", "云岭一号煤矿列为重点监管煤矿\n过构造带专人盯守")
    look(page, "meeting-minutes")
    press(page, "登记纪要")
    for name, value in {"matter": "开展一次过构造带现场核查", "due_on": "2026-03-20"}.items():
        walk.fill(page, name, value)
    page.select_option("[name=responsible]", label=walk.site.city.units["mine"].name)
    press(page, "登记落实事项")
    look(page, "meeting-decided")
    duty = Duty.objects.get(obligation="risk_conclusion_followup")
    assert (duty.unit, meeting.kind) == (walk.site.city.units["mine"], "consultation")
    mine = walk.open("mine_director", reverse("today"))
    expect(mine.locator("main")).to_contain_text("开展一次过构造带现场核查")
