"""Real Chromium against the real server: uvicorn in a thread over a database of its own."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from kuangan.base import clock
from kuangan.host.data_folder import DataFolder
from kuangan.web.frame.live import close_all
from tests.city import SmallCity, bind_codes, build_city
from tests.story.script import Script
from tests.web.conftest import QUICK_HASHER
from tests.web.world import NOW, SECRET

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
OUTPUT = Path("test-output/screenshots")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("未找到 Chromium：安装 chromium 和 fonts-noto-cjk 后再运行浏览器测试")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # Playwright keeps a loop in this thread; the tests' queries are plain
    )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@dataclass
class Site:
    """A running server, its city and the hand that moves its clock."""

    address: str
    city: SmallCity
    script: Script
    data: Path
    stop: Callable[[], None]


@pytest.fixture
def site(browser, committed_db, settings, tmp_path, monkeypatch) -> Iterator[Site]:
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    settings.DATA = DataFolder(tmp_path)
    settings.PASSWORD_HASHERS = QUICK_HASHER
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.DEMONSTRATION = False
    clock.move(NOW, rate=1.0)
    city = build_city()
    served = Served()
    yield Site(served.address, city, Script(city, NOW), tmp_path, served.stop)
    served.stop()


class Served:
    """The site by uvicorn, in a thread."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = uvicorn.Config(
            "kuangan.site.asgi:application", port=port, log_level="warning", lifespan="off", timeout_graceful_shutdown=1
        )
        self.address = f"http://127.0.0.1:{port}"
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.server.started:
            assert time.monotonic() < deadline, "the server did not start within 20 s"
            time.sleep(0.05)

    def stop(self) -> None:
        """As a signal would: no new requests, streams ended."""
        self.server.should_exit = True
        close_all()
        self.thread.join(timeout=5)


@pytest.fixture
def logged_in(browser, site) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody; whatever the browser complains of fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(username: str | None, size: str = "desktop") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce"
        )
        contexts.append(context)
        if username:
            bind_codes(SECRET)
            client = Client()
            client.force_login(site.city[username].__class__.objects.get(username=username), backend="kuangan.core")
            value = client.cookies[site_settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": value, "url": site.address}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(message: ConsoleMessage) -> bool:
    """A script's error or a refused inline style; not that an address does not exist, which a test may ask for."""
    return message.type == "error" and "status of 404" not in message.text
