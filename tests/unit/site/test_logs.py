import io
import logging

import pytest
from django.test import Client

from kuangan.site.logs import MOST_A_MINUTE, Sparing


@pytest.fixture
def written():
    """What the handler for strangers' lines writes."""
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(Sparing())
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security.DisallowedHost")]
    before = [logger.handlers for logger in loggers]
    for logger in loggers:
        logger.handlers = [handler]
    yield lambda: handler.stream.getvalue().splitlines()
    for logger, handlers in zip(loggers, before, strict=True):
        logger.handlers = handlers


def test_ten_thousand_wrong_hosts_leave_a_few_short_lines(written):
    client = Client()
    for number in range(500):
        assert client.get("/login/", headers={"host": f"evil{number}.example"}).status_code == 400
    lines = [line for line in written() if "host name" in line]
    assert len(lines) == MOST_A_MINUTE
    assert all(len(line) < 200 and "Traceback" not in line for line in lines)


def test_after_a_minute_it_says_how_many_were_left_out(written, caplog, monkeypatch):
    moment = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: moment[0])
    logger = logging.getLogger("django.request")
    for _ in range(MOST_A_MINUTE + 7):
        logger.warning("Not Found: %s", "/x")
    moment[0] = 60.0
    with caplog.at_level(logging.WARNING, "kuangan.logs"):
        logger.warning("Not Found: %s", "/x")
    assert len(written()) == MOST_A_MINUTE + 1
    assert "7 more lines" in caplog.text
