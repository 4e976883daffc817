"""The pages of accounts and of the administrators, wide and on a phone."""

import pytest
from django.urls import reverse

from kuangan.core.actions import ask_reset, issue_api_token
from kuangan.core.models import RequestKind
from tests.browser.conftest import OUTPUT, SIZES, Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
def test_accounts_requests_and_keys_fit_the_screen(site: Site, logged_in, size):
    operator, head = site.city["operator"], site.city["county_head"]
    asked = ask_reset(actor=operator, kind=RequestKind.reset_code, user=head, reason="更换手机，已当面核实本人")
    issue_api_token(actor=site.city["county_officer"], name="月报程序")
    pages = {name: logged_in(name, size) for name in ("operator", "security_admin", "county_officer")}
    shots = {
        "account": ("county_officer", reverse("account")),
        "password": ("county_officer", reverse("password")),
        "account_requests": ("operator", reverse("account_requests")),
        "account_request_own": ("operator", reverse("account_request", args=[asked.pk])),
        "account_request": ("security_admin", reverse("account_request", args=[asked.pk])),
        "api_tokens": ("security_admin", reverse("api_tokens")),
        "new_user": ("operator", reverse("new_user")),
        "user": ("operator", reverse("user", args=[head.pk])),
        "post": ("operator", reverse("post", args=[head.person.tenures.get().post_id])),
    }
    OUTPUT.mkdir(parents=True, exist_ok=True)
    too_wide = []
    for name, (viewer, path) in shots.items():
        page = pages[viewer]
        assert page.goto(site.address + path).status == 200
        page.screenshot(path=OUTPUT / f"accounts-{name}-{size}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > SIZES[size][0]:
            too_wide.append(name)
    security = pages["security_admin"]
    security.goto(site.address + reverse("account_request", args=[asked.pk]))
    security.get_by_role("button", name="批准并办理").click()
    assert len(security.locator("code.token").inner_text()) == 14
    security.screenshot(path=OUTPUT / f"accounts-approved-{size}.png", full_page=True)
    assert too_wide == []
