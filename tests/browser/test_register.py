"""The register clicked through: a head leaves with papers waiting, a company merges, an office is renamed, a mine keeps its own people."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.core.actions import create_unit
from kuangan.core.models import Person, Tenure, Unit
from kuangan.flow.models import RegisterChange
from kuangan.flow.sweep import sweep_once
from kuangan.law.role import Role
from tests.browser.conftest import OUTPUT, Site
from tests.city import START
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


def test_a_head_leaves_office_and_the_papers_that_wait_go_with_the_post(site: Site, logged_in):
    script, city = site.script, site.city
    script.real_alarm()
    script.wait(hours=20)
    script.real_alarm(point="first-1302-T0")
    case = script.suspension()
    script.do("county_officer", case, "propose", **PROPOSAL)
    script.do("county_officer_b", case, "countersign", opinion="同意")
    script.do("county_section", case, "review", opinion="同意")
    script.do("county_legal", case, "pass_legal_review", opinion="事实清楚，适用依据正确，程序合法")
    clock.move(script.at, rate=1.0)
    post = Tenure.objects.get(person=city["county_head"].person, to_at=None).post
    newcomer = further_person(city, "county_newcomer", "county", Role.clerk)

    operator = logged_in("operator")
    operator.goto(site.address + reverse("register_unit", args=[city.units["county"].code]))
    looked_at(operator, "unit-desktop")
    start(operator, site, "post", post.pk, "post_hand_over_signing")
    operator.select_option("[name=person]", label=newcomer.person.name)
    operator.fill("[name=reason]", "局长调离，接任")
    operator.get_by_role("button", name="查看影响", exact=True).click()
    expect(operator.locator("#effects")).to_contain_text("随岗位移交")
    looked_at(operator, "preview-desktop")
    operator.get_by_role("button", name="办理", exact=True).click()
    state(operator, "待双人审批")

    security = logged_in("security_admin")
    security.goto(site.address + reverse("account_requests"))
    security.get_by_role("link", name="任命签字岗位").first.click()
    security.get_by_role("button", name="批准并办理").click()
    sweep_once(clock.now())
    operator.reload()
    state(operator, "已生效")
    looked_at(operator, "done-desktop")

    head = logged_in("county_newcomer")
    head.goto(site.address + reverse("case", args=[case.pk]))
    expect(head.locator("main")).to_contain_text("签发")
    assert Tenure.objects.get(post=post, to_at=None).person == newcomer.person


def test_a_company_merges_and_an_office_is_renamed(site: Site, logged_in):
    city = site.city
    create_unit(actor=None, kind="company", code="company-2", name="新岭集团", parent=city.units["area"], at=START)
    operator = logged_in("operator")
    start(operator, site, "unit", city.units["company"].code, "unit_merge")
    operator.select_option("[name=into]", label="新岭集团")
    operator.fill("[name=document]", "示国资〔2026〕2号")
    operator.fill("[name=reason]", "企业重组")
    operator.get_by_role("button", name="查看影响", exact=True).click()
    expect(operator.locator("#effects")).to_contain_text("转入新岭集团")
    operator.get_by_role("button", name="办理", exact=True).click()
    state(operator, "已生效")
    start(operator, site, "unit", city.units["county"].code, "unit_rename")
    operator.fill("[name=name]", "示例县矿山安全监管局")
    operator.fill("[name=reason]", "机构改革")
    operator.get_by_role("button", name="办理", exact=True).click()
    state(operator, "已生效")

    reader = logged_in("county_section")
    address = site.address + reverse("mine", args=[city.mine.code])
    today = clock.civil_date(clock.now())
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text("新岭集团")
    expect(reader.locator("main")).to_contain_text("示例县矿山安全监管局")
    reader.goto(f"{address}?on={today.replace(day=today.day - 1)}")
    expect(reader.locator("main")).to_contain_text("示例县应急管理局")
    expect(reader.locator("main")).not_to_contain_text("新岭集团")
    operator.goto(site.address + reverse("register_units"))
    looked_at(operator, "units-desktop")
    operator.goto(site.address + reverse("register_changes"))
    looked_at(operator, "changes-desktop")
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
