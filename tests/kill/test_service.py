"""What the systemd unit rests on: `kuangan up` says when everything runs and that it lives; doctor finds nothing wrong then."""

import json
import os
import socket
import subprocess
import sys

import pytest

from kuangan.host.machine.notify import VARIABLE
from tests.kill.platform import START_SECONDS, Platform

pytestmark = pytest.mark.kill
NEVER_HERE = {"本机时钟", "证书", "磁盘预计", "本地取值", "备份", "恢复演练"}
"""What depends on the machine of the test, on a day of running, on the city."""


def test_systemd_is_told_and_doctor_finds_nothing_wrong(platform: Platform):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(platform.home / "notify"))
        listener.settimeout(START_SECONDS)
        platform.variables = {VARIABLE: str(platform.home / "notify")}
        platform.start()
        assert heard_until(listener, b"READY=1")
        assert platform.is_healthy(("postgres", "web"))
        assert heard_until(listener, b"WATCHDOG=1")
        platform.wait_healthy("postgres", "web", "ingest", "sweep")
        status, results = doctor(platform)
        wrong = {name: result for name, result in results.items() if result["condition"] != "正常"}
        assert set(wrong) <= NEVER_HERE, wrong
        assert status in {0, 3}
    platform.stop()
    status, results = doctor(platform)
    assert status in {0, 3}, results
    assert results["数据库"]["condition"] == results["进程"]["condition"] == "未查"


def heard_until(listener, wanted):
    while True:
        if listener.recv(64) == wanted:
            return True


def doctor(platform):
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
    environ["KUANGAN_DATA"] = str(platform.folder.root)
    command = [sys.executable, "-m", "kuangan.cli.main", "doctor", "--json"]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    return ended.returncode, {result["name"]: result for result in json.loads(ended.stdout)}
