"""运行状态 with a disk that fills, a certificate that ends and a clock that nobody keeps, wide and on a phone."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from kuangan.base import space
from kuangan.host.machine import certificate, growth
from tests.browser.conftest import OUTPUT, SIZES, Site
from tests.certificates import made_certificate

pytestmark = pytest.mark.browser
GB = 1 << 30


def note(day: float, room: int, **parts: int) -> None:
    line = json.dumps({"at": day * growth.DAY, "room": room, "parts": parts})
    with (settings.DATA.run / growth.NOTES).open("a") as file:
        file.write(f"{line}\n")


@pytest.mark.parametrize("size", SIZES)
def test_what_ends_slowly_stands_on_the_page_and_fits_the_screen(site: Site, logged_in, size, monkeypatch):
    settings.DATA.make()
    kept = space.KEPT_MOST + space.BALLAST_MOST
    note(0, kept + 21 * GB, journal=4 * GB, history=GB)
    note(1, kept + 20 * GB, journal=5 * GB, history=GB)
    end = datetime.now(UTC) + timedelta(days=12, hours=1)
    monkeypatch.setenv(certificate.VARIABLE, str(made_certificate(site.data / "kuangan.crt", end)))
    page = logged_in("operator", size)
    assert page.goto(site.address + reverse("status")).status == 200
    card = page.locator("section", has_text="时钟、证书、磁盘").inner_text()
    assert "天后写满，增长最快的是接收日志（每天约 1024 MB）" in card
    assert "还有 12 天" in card
    assert "本机时钟" in card
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"status-ending-{size}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
