"""An account from the printed letter to the first page, a leaver with an open page, and single sign-on, as people see them."""

import re

import pyotp
import pytest
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import AccountInvitation, AccountRequest, InvitationIssue, IssueKind, Post, Tenure, User
from kuangan.flow.upkeep.invitations import letters_of, work_issues
from kuangan.law.role import Role
from tests.browser.conftest import OUTPUT
from tests.pdf import pdf_text
from tests.web.test_sso import Pkce, mock, running  # noqa: F401  # the provider runs for these pages, too

pytestmark = pytest.mark.browser
NEW = "二号巷道-风量充足-83"
CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}")


def pictured(page, name: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"accounts_{name}.png", full_page=True)


def letter(invitation: AccountInvitation, issue: InvitationIssue) -> str:
    [code] = CODE.findall(pdf_text(letters_of(issue)))
    return code


def test_a_signer_comes_in_by_two_letters_at_phone_width(site, logged_in):
    county = site.city.units["county"]
    person = actions.create_person(actor=None, name="乙丑", unit=county, phone="13900000009")
    post = actions.create_post(actor=None, unit=county, title="副股长", role=Role.section_head)
    actions.appoint(actor=None, post=post, person=person)
    operator = logged_in("operator")
    operator.goto(f"{site.address}{reverse('invitations')}")
    operator.get_by_label("事由").fill("新到任")
    operator.get_by_role("button", name="列出受邀人员").click()
    pictured(operator, "invitation_waits")
    security = logged_in("security_admin")
    security.goto(f"{site.address}{reverse('account_request', args=[AccountRequest.objects.get().pk])}")
    assert "乙丑" in security.content()
    pictured(security, "approval")
    security.get_by_role("button", name="批准并办理").click()
    invitation = AccountInvitation.objects.get()
    security.goto(f"{site.address}{reverse('invitation', args=[invitation.pk])}")
    security.get_by_role("button", name="生成绑定凭证信函").click()
    operator.reload()
    operator.get_by_role("button", name="生成全部信函").click()
    operator.get_by_text("排队中").first.wait_for()
    work_issues()
    operator.get_by_role("button", name="下载打印").wait_for()
    pictured(operator, "invitation_done")
    issues = {issue.kind: issue for issue in InvitationIssue.objects.all()}
    phone = logged_in(None, "phone")
    phone.goto(f"{site.address}{reverse('join')}")
    phone.get_by_label("姓名").fill("乙丑")
    phone.get_by_label("手机号").fill("13900000009")
    phone.get_by_label("邀请码").fill(letter(invitation, issues[IssueKind.letters]).lower())
    pictured(phone, "join_who")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_label("用户名").fill("yichou")
    phone.locator("#id_new").fill(NEW)
    phone.locator("#id_again").fill(NEW)
    phone.get_by_label("绑定凭证").fill(letter(invitation, issues[IssueKind.bindings]))
    pictured(phone, "join_open")
    phone.get_by_role("button", name="开通并登录").click()
    secret = phone.locator("code").inner_text().replace(" ", "")
    pictured(phone, "join_bind")
    phone.locator("#code").fill(pyotp.TOTP(secret).at(clock.wall_now()))
    phone.get_by_role("button", name="确认绑定").click()
    phone.wait_for_url("**/today/")
    pictured(phone, "first_page")
    assert User.objects.get(username="yichou").person == person


def test_a_leaver_is_out_at_once_with_page_and_stream(site, logged_in):
    page = logged_in("county_duty")
    page.goto(f"{site.address}/today/")
    page.get_by_text("实时更新中").wait_for()
    post = Post.objects.get(pk=Tenure.objects.get(person__user__username="county_duty", to_at=None).post_id)
    actions.relieve(actor=None, post=post)
    page.wait_for_url("**/login/**", timeout=5_000)


def test_single_sign_on_through_the_providers_own_page(site, logged_in, running, settings):  # noqa: F811
    clerk = site.city["county_duty"].person
    actions.set_person_phone(actor=None, person=clerk, phone="13900000102")
    settings.KUANGAN_OIDC = {
        "issuer": running.issuer, "client_id": "kuangan", "client_secret": "secret", "label": "统一登录",
        "claim": "phone_number", "matches": "phone", "administrators": False,
    }  # fmt: skip
    page = logged_in(None)
    page.route(lambda url: "localhost" not in url and "127.0.0.1" not in url, lambda route: route.fulfill(body=""))
    page.goto(f"{site.address}/login/")
    pictured(page, "sso_login")
    page.get_by_role("link", name="统一登录").click()
    page.get_by_role("button", name="clerk").click()
    page.wait_for_url(f"{site.address}/**")
    pictured(page, "sso_in")
    assert page.url.startswith(site.address)
    assert "/login/" not in page.url
