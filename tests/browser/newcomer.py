"""A new city as its first people meet it: the real platform in an empty folder, its console, one browser, paper letters and a telephone for each."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import OUTPUT, SIZES
from tests.kill.platform import Platform
from tests.pdf import pdf_pages

PASSWORD = "二号巷道-风量充足-83"
CODE = re.compile(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}")
STEP_S = 30
PATIENCE_MS = 60_000


class Newcomer:
    """Everybody who founds a city, by user name: a page, a password, a telephone that makes codes."""

    def __init__(self, browser: Browser, platform: Platform) -> None:
        self.browser, self.platform = browser, platform
        self.pages: dict[str, Page] = {}
        self.secrets: dict[str, str] = {}
        self.used: dict[str, int] = {}
        self.complaints: list[str] = []
        self.pictures = 0

    def console(self, *words: str) -> str:
        """A command on the server's console, as the guide writes it."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
        environ |= {"KUANGAN_DATA": str(self.platform.folder.root), "KUANGAN_TEST_CLOCK": "1"}
        command = [sys.executable, "-m", "kuangan.cli.main", *words]
        ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def page(self, username: str) -> Page:
        if username not in self.pages:
            width, height = SIZES["desktop"]
            context = self.browser.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce"
            )
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            self.pages[username] = page
        return self.pages[username]

    def open(self, username: str, path: str = "/") -> Page:
        page = self.page(username)
        page.goto(self.platform.address("web") + path)
        return page

    def again(self, username: str) -> Page:
        """The page once more; one that listens may be reading itself anew at that moment."""
        page = self.page(username)
        try:
            page.reload()
        except Error:
            page.wait_for_load_state()
        return page

    def looked_at(self, page: Page, name: str, *, phone: bool = False) -> None:
        """A picture of a step; of the main ones at a phone's width, too."""
        self.pictures += 1
        OUTPUT.mkdir(parents=True, exist_ok=True)
        for size in SIZES if phone else ("desktop",):
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=OUTPUT / f"first-city-{self.pictures:02d}-{name}-{size}.png")
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
        width, height = SIZES["desktop"]
        page.set_viewport_size({"width": width, "height": height})

    def first_log_in(self, username: str, told: str) -> Page:
        """An administrator by what the console said: log in, a password of his own, his telephone."""
        [given] = re.findall(r"一次性密码.*：(\S+)", told)
        page = self.open(username)
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(given)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("原密码").fill(given)
        page.get_by_label("新密码", exact=True).fill(PASSWORD)
        page.get_by_label("再次输入新密码").fill(PASSWORD)
        page.get_by_role("button", name="更改密码").click()
        page.get_by_label("绑定凭证").fill(CODE.findall(told)[-1])
        page.get_by_role("button", name="下一步").click()
        self.bind(username)
        return page

    def bind(self, username: str) -> None:
        page = self.page(username)
        self.secrets[username] = page.locator("code").inner_text().replace(" ", "")
        page.locator("#code").fill(self.code(username))
        page.get_by_role("button", name="确认绑定").click()
        expect(page.locator(".note").first).to_contain_text("动态口令已绑定")

    def code(self, username: str) -> str:
        """A code that the person has not used; the next step's is taken already."""
        step = max(int(time.time()) // STEP_S, self.used.get(username, 0) + 1)
        while step > int(time.time()) // STEP_S + 1:
            self.page(username).wait_for_timeout(500)
        self.used[username] = step
        return pyotp.TOTP(self.secrets[username]).at(datetime.fromtimestamp(step * STEP_S, UTC))

    def letters(self, username: str, folder: Path) -> list[str]:
        """The printed letters that wait for an administrator on the page he looks at, a page for each person."""
        page = self.page(username)
        with page.expect_download() as fetched:
            page.get_by_role("button", name="下载打印").first.click()
        fetched.value.save_as(folder / f"{username}.pdf")
        return pdf_pages((folder / f"{username}.pdf").read_bytes())

    def join(self, username: str, person: tuple[str, str], letter: str, binding: str = "") -> Page:
        """Somebody opens his account with his letter, and where he signs with the second one."""
        page = self.open(username, "/join/")
        name, phone = person
        page.get_by_label("姓名").fill(name)
        page.get_by_label("手机号").fill(phone)
        page.get_by_label("邀请码").fill(CODE.findall(letter)[0])
        page.get_by_role("button", name="下一步").click()
        page.get_by_label("用户名").fill(username)
        page.locator("#id_new").fill(PASSWORD)
        page.locator("#id_again").fill(PASSWORD)
        if binding:
            page.get_by_label("绑定凭证").fill(CODE.findall(binding)[0])
        page.get_by_role("button", name="开通并登录").click()
        if binding:
            self.bind(username)
        expect(page.locator("h1")).to_have_text("今日")
        return page

    def step(self, username: str, case: str, move: str, fill: Callable[[Page], None]) -> Page:
        """One step of a case on its page, signed where it asks for a code."""
        page = self.open(username, case)
        page.locator(f'a[href*="/moves/{move}/"]').first.click()
        fill(page)
        if page.locator("[name=code]").count():
            with page.expect_response("**/preview/"):
                page.locator("[name=code]").dispatch_event("change")
            expect(page.locator("[name=seen]")).to_have_count(1)
            page.fill("[name=code]", self.code(username))
        page.locator("form[data-keep] button.btn-primary").click()
        expect(page.locator(".note").first).to_contain_text("已办理")
        return page

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()
