"""Hands in a browser: people open a step's page, fill it in and submit it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.models import User
from tests.browser.conftest import Site
from tests.signing import next_code

AWAY = "about:blank"
"""Where a browser goes after a step: a page that stays open reads itself anew at every event, which nobody looks at."""


def fresh_code(username: str) -> str:
    """A one-time code the person has not used; the account forgets the last one, so that nobody waits half a minute for the next."""
    User.objects.filter(username=username).update(totp_last_step=None)
    return next_code(User.objects.get(username=username), clock.wall_now())[0]


class Walk:
    """People's pages by username, and the clock that all of them share."""

    def __init__(self, site: Site, logged_in: Callable[..., Page], folder: Path) -> None:
        self.site = site
        self.logged_in = logged_in
        self.pages: dict[str, Page] = {}
        self.paper = folder / "佐证.txt"
        self.paper.write_text("现场核查记录")

    def wait(self, **span: float) -> None:
        """Let time pass and the sweep work."""
        self.site.script.wait(**span)
        clock.move(self.site.script.at, rate=1.0)

    def page(self, username: str) -> Page:
        """The person's browser."""
        if username not in self.pages:
            self.pages[username] = self.logged_in(username)
        return self.pages[username]

    def open(self, username: str, path: str) -> Page:
        """The person's browser at an address."""
        page = self.page(username)
        page.goto(self.site.address + path)
        return page

    def do(self, username: str, case: Case, move: str, *, about: int = 0, **filled: str) -> Case:
        """One step (about a party) by one person, a minute later; the page says that it was made."""
        self.wait(minutes=1)
        whom = f"?party={about}" if about else ""
        page = self.open(username, reverse("move", args=[case.pk, move]) + whom)
        for name, value in filled.items():
            self.fill(page, name, value)
        if page.locator("[name=code]").count():
            self.sign(page, username)
        page.locator("form[data-keep] button.btn-primary").click()
        expect(page.locator(".note").first).to_contain_text("已办理")
        page.goto(AWAY)
        case.refresh_from_db()
        return case

    def cannot(self, username: str, case: Case, move: str) -> None:
        """The step's page sends the person back to the case and says that it is not his."""
        page = self.open(username, reverse("move", args=[case.pk, move]))
        expect(page.locator("main")).to_contain_text("您不能办理此步骤")
        page.goto(AWAY)

    def change(self, username: str, subject: str, key: object, kind: str, press: str = "办理", **filled: str) -> Page:
        """A register change by one person, from its form to the page that says where it stands; what follows is looked at first."""
        page = self.open(username, reverse("new_change", args=[subject, key, kind]))
        for name, value in filled.items():
            self.fill(page, name, value)
        page.get_by_role("button", name="查看影响", exact=True).click()
        expect(page.locator("#effects")).to_be_visible()
        page.get_by_role("button", name=press, exact=True).click()
        expect(page.locator(".title .state").first).to_be_visible()
        return page

    def decide(self, username: str, change: str, press: str = "同意", answer: str = "") -> Page:
        """What somebody proposed, decided on its page, which is reached from the list of changes."""
        page = self.open(username, reverse("register_changes"))
        page.get_by_role("link", name=change, exact=True).first.click()
        page.fill("[name=answer]", answer)
        page.get_by_role("button", name=press, exact=True).click()
        return page

    def file_of(self, username: str, on: date) -> list[str]:
        """The first mine's file as of a day, as somebody reads it: what it is, its faces, where its points stand, and the one page of it."""
        code, day = self.site.city.mine.code, f"?on={on}"
        read = []
        for address, part in (
            (reverse("mine", args=[code]), "dl.facts.two"),
            (reverse("mine_tab", args=[code, "faces"]), "section.card"),
            (reverse("mine_tab", args=[code, "monitoring"]), "td[data-label=工作面]"),
            (reverse("mine_sheet", args=[code]), "section.card"),
        ):
            page = self.open(username, address + day)
            read += page.locator(part).all_inner_texts()
        page.goto(AWAY)
        return read

    def confirm(self, username: str, title: str, opinion: str, button: str = "", **filled: str) -> Page:
        """A part of somebody else's entry, from the list of what waits; ``button`` where it goes back."""
        page = self.open(username, reverse("confirmations"))
        page.get_by_role("link", name=title, exact=True).first.click()
        for name, value in {"opinion": opinion, **filled}.items():
            self.fill(page, name, value)
        page.get_by_label("材料原件").check()
        page.get_by_role("button", name=button or title, exact=True).click()
        expect(page.locator(".note").first).to_contain_text("已退回" if button else "已办理")
        return page

    def sign(self, page: Page, username: str) -> None:
        """Wait for the paper as it is filled in, then enter a code: as somebody does who reads before he signs."""
        with page.expect_response("**/preview/"):
            page.locator("[name=code]").dispatch_event("change")
        expect(page.locator("[name=seen]")).to_have_count(1)
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        page.fill("[name=code]", fresh_code(username))

    def fill(self, page: Page, name: str, value: str) -> None:
        field = page.locator(f'[name="{name}"]')
        kind = field.first.get_attribute("type")
        if kind == "radio":
            page.check(f'[name="{name}"][value="{value}"]')
        elif kind == "file":
            field.set_input_files(self.paper)
        elif field.evaluate("control => control.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
