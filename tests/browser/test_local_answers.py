"""A city's answer clicked through: two persons read what it changes and sign it, and everybody finds it among the open questions."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.core.models import LocalAnswer
from kuangan.flow.sweep import sweep_once
from tests import answers
from tests.browser.conftest import OUTPUT, Site
from tests.browser.walk import fresh_code

pytestmark = pytest.mark.browser
SUNDAY = datetime(2026, 3, 15, 2, 0, tzinfo=UTC)
RULE = "一周内瓦斯超限2次及以上"


def looked_at(page: Page, name: str) -> None:
    """A picture; nothing is wider than the screen."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"answers-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_two_persons_read_what_an_answer_changes_and_sign_it(site: Site, logged_in):
    script = site.script
    script.until(SUNDAY)
    script.real_alarm()
    script.wait(hours=26)
    script.real_alarm(point="first-1302-T0")
    clock.move(script.at, rate=1.0)
    answers.with_head(site.city)
    with answers.forgotten():
        answers.write(site.data, "week", {"week_rule.mode": ("2026-03-01", "calendar", "register 10.4")})
        assert answers.apply("week") == 0

        head = logged_in(answers.HEAD)
        head.goto(site.address + reverse("local_answer", args=[LocalAnswer.objects.get().pk]))
        expect(head.locator("main")).to_contain_text("valid_from: 2026-03-01")
        looked_at(head, "decide-desktop")
        head.fill("[name=code]", fresh_code(answers.HEAD))
        head.get_by_role("button", name="签署决定", exact=True).click()
        expect(head.locator(".note").first).to_contain_text("已签署决定")

        second = logged_in(answers.SECOND)
        second.goto(site.address + reverse("today"))
        second.get_by_text("待签署：本地取值答复 week").first.click()
        second.goto(site.address + reverse("local_answer", args=[LocalAnswer.objects.get().pk]))
        expect(second.locator("main")).to_contain_text(RULE)
        expect(second.locator("main")).to_contain_text("此前已判定的事项将重新判定")
        looked_at(second, "sign-desktop")
        second.fill("[name=code]", fresh_code(answers.SECOND))
        second.get_by_role("button", name="签署生效", exact=True).click()
        expect(second.locator(".note").first).to_contain_text("已签署生效")
        sweep_once(clock.now())
        second.reload()
        expect(second.locator("main")).to_contain_text("所列为实际变化")
        looked_at(second, "settled-desktop")

        phone = logged_in(answers.SECOND, "phone")
        phone.goto(site.address + reverse("local_answer", args=[LocalAnswer.objects.get().pk]))
        looked_at(phone, "settled-phone")
        second.goto(site.address + reverse("open_questions"))
        looked_at(second, "questions-desktop")
        second.goto(site.address + reverse("local_answers"))
        looked_at(second, "answers-desktop")

        public = logged_in(None, "phone")
        public.goto(site.address + reverse("public_questions") + "?answered=yes")
        expect(public.locator("main")).to_contain_text("示应急〔2026〕12号")
        looked_at(public, "public-phone")
