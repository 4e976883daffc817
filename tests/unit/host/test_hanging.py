"""A process that hangs is noticed, ended and started again; one that only takes long to start is left alone."""

import json
import os
import signal
import socket
import threading
from datetime import UTC, datetime

import pytest

from kuangan.host.database.cluster import cluster_of
from kuangan.host.database.placement import SOCKET_FILE
from kuangan.host.database.postgres import start
from kuangan.host.heartbeat import FilePulse, SocketPulse
from kuangan.host.processes import process, wait_until
from kuangan.host.troubles import Spool, Trouble, spooled
from tests.unit.host.running import supervised


def said(folder):
    return [(trouble.kind, trouble.key, trouble.over, trouble.call) for _, trouble in spooled(folder.run)]


def beaten(folder):
    """Return when the process has given signs of life and the supervisor has seen one."""
    for _ in range(3):
        former = (folder.run / "beating.beat").stat().st_mtime_ns
        assert wait_until(lambda seen=former: (folder.run / "beating.beat").stat().st_mtime_ns != seen, 20)


def test_a_stopped_process_is_ended_started_again_and_said_to_somebody(folder, monkeypatch):
    monkeypatch.setenv("HANG_SECONDS", "2")
    with supervised(folder, "beating") as running:
        number = running.pid("beating")
        beaten(folder)
        os.kill(number, signal.SIGSTOP)
        again = running.pid("beating", after=number)
        assert process(number) is None
        assert running.says("进程 beating 已 2 秒没有响应，已强制结束并重新启动")
        assert running.says("进程 beating 已恢复响应")
        hung = [("process_hung", "beating", False, True), ("process_hung", "beating", True, False)]
        assert wait_until(lambda: said(folder) == hung, 10)
        assert process(again) is not None
        assert wait_until(lambda: json.loads(running.status_file.read_text())["troubles"] == [], 10)


def test_a_process_that_takes_long_to_start_is_not_blamed_for_its_silence(folder, monkeypatch):
    monkeypatch.setenv("HANG_SECONDS", "0.2")
    with supervised(folder, "steady", "brief") as running:
        number = running.pid("steady")
        assert running.says("brief 已退出（退出码 3），1 秒后重新启动")
        assert running.pid("steady") == number
        assert said(folder) == []


def test_a_supervisor_that_was_stopped_itself_blames_nobody(folder, monkeypatch):
    monkeypatch.setenv("HANG_SECONDS", "3")
    with supervised(folder, "beating") as running:
        number = running.pid("beating")
        beaten(folder)
        group = (running.process.pid, number)
        for pid in group:
            os.kill(pid, signal.SIGSTOP)
        threading.Event().wait(6)
        for pid in group:
            os.kill(pid, signal.SIGCONT)
        threading.Event().wait(1.5)
        assert running.pid("beating") == number


def test_a_clock_put_forward_or_back_ends_nobody(tmp_path):
    pulse = FilePulse(tmp_path / "beat", 5)
    pulse.begin()
    assert (pulse.silence(), pulse.shown()) == (0.0, False)
    for moment in (datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)):
        os.utime(pulse.place, (moment.timestamp(), moment.timestamp()))
        assert pulse.silence() < 1
        assert pulse.shown()


def test_a_process_without_room_for_its_sign_of_life_is_not_judged(tmp_path):
    pulse = FilePulse(tmp_path / "no folder" / "beat", 5)
    pulse.begin()
    assert pulse.silence() == 0.0


@pytest.fixture
def listening(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        yield server


def test_a_server_that_takes_connections_and_never_answers_is_silent(tmp_path, listening, monkeypatch):
    monkeypatch.setattr("kuangan.host.heartbeat.ASK_SECONDS", 0.0)
    pulse = SocketPulse(tmp_path / "s", 0.2)
    pulse.begin()
    assert pulse.silence() == 0.0
    asked, _ = listening.accept()
    assert len(asked.recv(8)) == 8
    asked.send(b"N")
    assert wait_until(lambda: pulse.silence() < 1 and pulse.shown(), 5)
    pulse.silence()
    assert wait_until(lambda: pulse.silence() > 0.2, 5)


def test_a_stopped_database_is_silent_and_can_be_started_again(used_folder, monkeypatch):
    monkeypatch.setattr("kuangan.host.heartbeat.ASK_SECONDS", 0.1)
    server = start(used_folder, durable=False)
    pulse = SocketPulse(server.cluster.sockets / SOCKET_FILE.lstrip("/"), 1.0)
    pulse.begin()
    try:
        assert wait_until(lambda: pulse.silence() < 1 and pulse.shown(), 5)
        os.kill(server.child.pid, signal.SIGSTOP)
        assert wait_until(lambda: pulse.silence() > pulse.term, 10)
    finally:
        server.child.kill()
        server.child.wait()
    start(used_folder, durable=False).stop()
    assert cluster_of(used_folder).place == server.cluster.place


def test_what_the_supervisor_says_keeps_its_order_and_waits_for_room(tmp_path):
    run = tmp_path / "run"
    spool = Spool(run)
    spool.say(Trouble("disk_full", "data", "满", call=True))
    spool.say(Trouble("disk_full", "data", over=True))
    assert list(spooled(run)) == []
    run.mkdir()
    spool.flush()
    again = Spool(run)
    again.say(Trouble("process_hung", "web", "停"))
    assert [(trouble.kind, trouble.over) for _, trouble in spooled(run)] == [
        ("disk_full", False),
        ("disk_full", True),
        ("process_hung", False),
    ]
