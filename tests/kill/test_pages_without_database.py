"""The database hangs or is gone: pages say so at once, and go on by themselves."""

import signal
from contextlib import suppress

import httpx
import psutil
import pytest

from kuangan.host.processes import wait_until
from tests.kill.platform import Platform

pytestmark = pytest.mark.kill


def everything_of(pid: int) -> list[psutil.Process]:
    """The server's own process first: a stopped one starts no children."""
    postmaster = psutil.Process(pid)
    return [postmaster, *postmaster.children()]


def send(processes: list[psutil.Process], number: signal.Signals) -> None:
    """A signal to each that still lives; a server's children come and go."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def test_a_hanging_database_is_said_on_every_page_and_over_when_it_answers_again(platform: Platform):
    platform.start()
    platform.wait_healthy("postgres", "web")
    page = platform.address("web") + "/public/draws/"
    status = platform.address("web") + "/status/"
    assert httpx.get(page, timeout=60).status_code == 200
    stopped = everything_of(platform.pid("postgres"))
    send(stopped, signal.SIGSTOP)
    try:
        answers = [httpx.get(page, timeout=60) for _ in range(10)]
        shown = httpx.get(status, timeout=60)
    finally:
        send(stopped, signal.SIGCONT)
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    assert "数据库暂不可用" in shown.text
    assert "页面服务运行" in shown.text
    assert wait_until(lambda: httpx.get(page, timeout=60).status_code == 200, 30, every=0.1)
