"""Hands in a browser: people open a step's page, fill it in and submit it."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
from django.urls import reverse
from playwright.sync_api import Page, expect

from kuangan.base import clock
from kuangan.casework.models import Case
from tests.browser.conftest import Site
from tests.web.world import SECRET


class Walk:
    """People's pages by username, and the clock that all of them share."""

    def __init__(self, site: Site, logged_in: Callable[..., Page], folder: Path) -> None:
        self.site = site
        self.logged_in = logged_in
        self.pages: dict[str, Page] = {}
        self.codes: Counter[str] = Counter()
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

    def do(self, username: str, case: Case, move: str, **filled: str) -> Case:
        """One step by one person, a minute later; the page says that it was made."""
        self.wait(minutes=1)
        page = self.open(username, reverse("move", args=[case.pk, move]))
        for name, value in filled.items():
            self.fill(page, name, value)
        if page.locator("[name=code]").count():
            page.fill("[name=code]", self.code(username))
        page.locator("form[data-keep] button.btn-primary").click()
        expect(page.locator(".note").first).to_contain_text("已办理")
        case.refresh_from_db()
        return case

    def code(self, username: str) -> str:
        """A one-time code the person has not used: of now, then of the half minute to come."""
        used = self.codes[username]
        self.codes[username] += 1
        return pyotp.TOTP(SECRET).at(clock.wall_now() + timedelta(seconds=30 * used))

    def fill(self, page: Page, name: str, value: str) -> None:
        field = page.locator(f"[name={name}]")
        kind = field.first.get_attribute("type")
        if kind == "radio":
            page.check(f"[name={name}][value={value}]")
        elif kind == "file":
            field.set_input_files(self.paper)
        else:
            field.fill(value)
