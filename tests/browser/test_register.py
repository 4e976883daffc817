"""The register clicked through: a head leaves with papers waiting, a company merges, an office is renamed, a mine keeps its own people."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.core.actions import create_unit
from kuangan.core.models import Person, Tenure, Unit
from kuangan.flow.models import RegisterChange
from kuangan.law.role import Role
from tests.browser.conftest import OUTPUT, Site
from tests.browser.walk import Walk
from tests.city import START, _user
from tests.story.script import PROPOSAL
from tests.web.world import further_person

pytestmark = pytest.mark.browser


def looked_at(page: Page, name: str) -> None:
    """A picture; nothing is wider than the screen."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"register-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def start(page: Page, site: Site, subject: str, key: object, kind: str) -> None:
    page.goto(site.address + reverse("new_change", args=[subject, key, kind]))


def state(page: Page, words: str) -> None:
    expect(page.locator(".title .state").first).to_contain_text(words)


def test_a_head_leaves_office_and_the_papers_that_wait_are_signed_by_the_next(site: Site, logged_in, tmp_path):
    script, city, walk = site.script, site.city, Walk(site, logged_in, tmp_path)
    script.real_alarm()
    script.wait(hours=20)
    script.real_alarm(point="first-1302-T0")
    case = script.suspension()
    script.do("county_officer", case, "propose", **PROPOSAL)
    script.do("county_officer_b", case, "countersign", opinion="同意")
    script.do("county_section", case, "review", opinion="同意")
    script.do("county_legal", case, "pass_legal_review", opinion="事实清楚，适用依据正确，程序合法")
    walk.wait(minutes=1)
    post = Tenure.objects.get(person=city["county_head"].person, to_at=None).post
    city.users["county_next"] = _user(city, "county_next", "county", Role.clerk, "办公室主任", "乙八")
    leaver = walk.open("county_head", reverse("today"))
    expect(leaver.locator("main")).to_contain_text(case.number)
    leaver.get_by_text("实时更新中").wait_for()

    operator = walk.open("operator", reverse("register_unit", args=[city.units["county"].code]))
    looked_at(operator, "unit-desktop")
    start(operator, site, "post", post.pk, "post_hand_over_signing")
    operator.select_option("[name=person]", label="乙八")
    operator.fill("[name=reason]", "局长调离，接任")
    operator.get_by_role("button", name="查看影响", exact=True).click()
    expect(operator.locator("#effects")).to_contain_text("随岗位移交")
    looked_at(operator, "preview-desktop")
    operator.get_by_role("button", name="办理", exact=True).click()
    state(operator, "待双人审批")
    walk.cannot("county_next", case, "order")

    security = walk.open("security_admin", reverse("account_requests"))
    security.get_by_role("link", name="任命签字岗位").first.click()
    security.get_by_role("button", name="批准并办理").click()
    walk.wait(seconds=1)
    operator.reload()
    state(operator, "已生效")
    looked_at(operator, "done-desktop")
    leaver.wait_for_url("**/login/**", timeout=10_000)
    walk.open("county_head", reverse("move", args=[case.pk, "order"]))
    expect(leaver).to_have_url(re.compile("/login/"))

    head = walk.open("county_next", reverse("today"))
    expect(head.locator("tr", has_text=case.number)).to_contain_text("签发")
    walk.do("county_next", case, "order")
    paper = case.papers.get(paper__template="onsite_decision").paper
    assert (paper.signer_name, paper.unit, case.state) == ("乙八", city.units["county"], "ordered")
    head = walk.open("county_next", reverse("case", args=[case.pk]))
    expect(head.locator("main")).to_contain_text(paper.number)
    expect(head.locator("main")).to_contain_text("乙八")


def test_a_company_merges_and_an_office_is_renamed(site: Site, logged_in, tmp_path):
    city, walk = site.city, Walk(site, logged_in, tmp_path)
    create_unit(actor=None, kind="company", code="company-2", name="新岭集团", parent=city.units["area"], at=START)
    yesterday = clock.civil_date(clock.now()) - timedelta(days=1)
    before = walk.file_of("county_section", yesterday)
    merged = walk.change(
        "operator", "unit", city.units["company"].code, "unit_merge",
        into="company-2", document="示国资〔2026〕2号", reason="企业重组",
    )  # fmt: skip
    state(merged, "已生效")
    renamed = walk.change(
        "operator", "unit", city.units["county"].code, "unit_rename", name="示例县矿山安全监管局", reason="机构改革"
    )
    state(renamed, "已生效")

    assert walk.file_of("county_section", yesterday) == before
    assert "云岭矿业公司" in before[0]
    now = walk.file_of("county_section", clock.civil_date(clock.now()))[0]
    assert all(name in now for name in ("新岭集团", "示例县矿山安全监管局"))
    page = walk.open("operator", reverse("register_unit", args=["company-2"]))
    expect(page.locator("main")).to_contain_text("安全副总")
    expect(page.locator("main")).to_contain_text("戊一")
    officer = walk.open("company_officer", reverse("mine", args=[city.mine.code]))
    expect(officer.locator("main")).to_contain_text("新岭集团")
    operator = walk.open("operator", reverse("register_unit", args=[city.units["company"].code]))
    expect(operator.locator(".title .state").first).to_contain_text("撤销")
    for name in ("register_units", "register_changes"):
        looked_at(walk.open("operator", reverse(name)), f"{name}-desktop")
    phone = logged_in("operator", "phone")
    for name in ("register_units", "register_changes"):
        phone.goto(site.address + reverse(name))
        looked_at(phone, f"{name}-phone")
    phone.goto(site.address + reverse("new_change", args=["unit", city.units["county"].code, "unit_rename"]))
    looked_at(phone, "form-phone")


def test_a_mine_adds_a_person_and_proposes_what_its_supervisor_refuses_and_then_accepts(site: Site, logged_in):
    city = site.city
    further_person(city, "mine_unit_admin", "mine", Role.unit_admin)
    admin = logged_in("mine_unit_admin")
    admin.goto(site.address + "/")
    admin.goto(site.address + reverse("register_units"))
    admin.get_by_role("link", name="云岭一号煤矿", exact=True).click()
    admin.get_by_role("link", name="增加人员").click()
    admin.fill("[name=name]", "甲十")
    admin.fill("[name=reason]", "新招调度员")
    admin.get_by_role("button", name="办理", exact=True).click()
    state(admin, "已生效")
    assert Person.objects.get(name="甲十").unit == city.units["mine"]

    for answer, button, words in (("采矿许可证尚未变更", "不同意", "未同意"), ("", "同意", "已生效")):
        director = logged_in("mine_director")
        start(director, site, "unit", city.mine.code, "unit_rename")
        director.fill("[name=name]", "云岭新一号煤矿")
        director.fill("[name=reason]", "更换采矿许可证")
        director.get_by_role("button", name="提出", exact=True).click()
        state(director, "待审核")
        section = logged_in("county_section")
        change = RegisterChange.objects.filter(kind="unit_rename").latest("pk")
        section.goto(site.address + reverse("register_change", args=[change.pk]))
        section.fill("[name=answer]", answer)
        section.get_by_role("button", name=button, exact=True).click()
        state(section, words)
        director.reload()
        state(director, words)
    looked_at(section, "decided-desktop")
    assert Unit.objects.get(pk=city.units["mine"].pk).name == "云岭新一号煤矿"
