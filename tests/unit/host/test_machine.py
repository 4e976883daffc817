"""What ends slowly: the disk at its pace, the certificate; the clock's state; systemd is told."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from kuangan.base import space
from kuangan.host.data_folder import DataFolder
from kuangan.host.machine import certificate, checks, growth
from kuangan.host.machine.clock_state import clock_state
from kuangan.host.machine.notify import VARIABLE, notify
from kuangan.host.machine.result import Condition
from tests.certificates import made_certificate

MB = 1 << 20
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def plain(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://kuangan_app@localhost/kuangan")
    folder = DataFolder(tmp_path)
    folder.make()
    return folder


def note(folder, day, room, **parts):
    """A note of the disk as it was on a day."""
    line = json.dumps({"at": day * growth.DAY, "room": room, "parts": parts})
    with (folder.run / growth.NOTES).open("a") as file:
        file.write(f"{line}\n")


def needed(folder):
    return space.needed(os.statvfs(folder.root).f_blocks * os.statvfs(folder.root).f_frsize)


def test_what_lies_in_the_folder_is_noted_by_part(plain):
    (plain.root / "journal").mkdir()
    (plain.root / "journal" / "segment").write_bytes(b"x" * 3 * MB)
    noted = growth.take_note(plain, at=1.0)
    assert 3 * MB <= noted.parts["journal"] < 4 * MB
    assert noted.parts["history"] == 0
    assert "database" not in noted.parts  # it is on another server
    assert growth.notes(plain) == [noted]


def test_backups_beside_the_folder_count_and_a_file_of_two_backups_once(tmp_path, monkeypatch):
    monkeypatch.delenv("KUANGAN_BACKUP_DIR", raising=False)
    folder = DataFolder(tmp_path / "data")
    folder.make()
    first, second = (tmp_path / "data-backups" / day for day in ("20261129", "20261130"))
    for place in (first, second):
        place.mkdir(parents=True)
    (first / "history").write_bytes(b"x" * 2 * MB)
    (second / "history").hardlink_to(first / "history")
    assert 2 * MB <= growth.take_note(folder).parts["backups"] < 3 * MB


def test_a_damaged_line_is_passed_over_and_the_oldest_go(plain):
    (plain.run / growth.NOTES).write_text("{\n" + "")
    for day in range(growth.MOST_NOTES + 2):
        note(plain, day, 100 * MB, journal=0)
    growth.take_note(plain, at=500 * growth.DAY)
    kept = growth.notes(plain)
    assert (len(kept), kept[0].at) == (growth.MOST_NOTES, 3 * growth.DAY)


def test_days_until_full_follow_from_the_pace_and_a_day_must_have_been_seen(plain):
    note(plain, 0, needed(plain) + 100 * MB, journal=0, history=5 * MB)
    assert growth.forecast(plain) is None
    note(plain, 0.99, needed(plain) + 100 * MB, journal=0, history=5 * MB)
    assert growth.forecast(plain) is None
    note(plain, 2, needed(plain) + 80 * MB, journal=16 * MB, history=9 * MB)
    told = growth.forecast(plain)
    assert (told.days, told.daily) == (8, {"journal": 8 * MB, "history": 2 * MB})
    assert told.is_soon
    assert "约 8 天后写满，增长最快的是接收日志（每天约 8 MB）" in growth.warning(plain, told)


def test_what_other_programs_take_counts_too_and_what_never_fills_has_no_day(plain):
    note(plain, 0, needed(plain) + 60 * MB, journal=0)
    note(plain, 1, needed(plain) + 30 * MB, journal=0)
    assert growth.forecast(plain).days == 1
    note(plain, 2, needed(plain) + 60 * MB, journal=0)
    assert growth.forecast(plain).days is None


@pytest.mark.parametrize(("days", "soon"), [(29, True), (30, False)])
def test_thirty_days_are_the_edge(plain, days, soon):
    note(plain, 0, needed(plain) + (days + 1) * MB, journal=0)
    note(plain, 1, needed(plain) + days * MB, journal=MB)
    assert (growth.forecast(plain).days, growth.forecast(plain).is_soon) == (days, soon)
    assert checks.disk_forecast(plain).condition is (Condition.WARNING if soon else Condition.GOOD)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=30), ""),
        (timedelta(days=29, hours=23), "还有 29 天"),
        (-timedelta(seconds=1), "已于 2026-11-30 到期"),
    ],
)
def test_a_certificate_is_told_thirty_days_before_its_end(tmp_path, left, words):
    place = made_certificate(tmp_path / "kuangan.crt", NOW + left)
    said = certificate.warning(place, certificate.end_of(place), NOW)
    assert words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize(("content", "words"), [(None, "不能读取"), (b"no certificate", "不是 PEM 格式")])
def test_a_certificate_that_cannot_be_read_is_said_with_its_file(tmp_path, monkeypatch, content, words):
    place = tmp_path / "kuangan.crt"
    if content is not None:
        place.write_bytes(content)
    monkeypatch.setenv(certificate.VARIABLE, str(place))
    told = checks.tls_certificate(DataFolder(tmp_path))
    assert told.condition is Condition.FAULT
    assert str(place) in told.remedy
    assert words in told.remedy


def test_the_rounds_print_what_is_to_be_said(plain, monkeypatch):
    end = datetime.now(UTC) + timedelta(days=3)
    monkeypatch.setenv(certificate.VARIABLE, str(made_certificate(plain.root / "kuangan.crt", end)))
    command = [sys.executable, "-m", "kuangan.host.machine.rounds", str(plain.root)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    troubles = {trouble["kind"]: trouble for trouble in map(json.loads, said)}
    assert troubles["disk_forecast"]["over"]
    assert troubles["certificate_ends"]["call"]
    assert len(growth.notes(plain)) == 1


def test_the_kernel_tells_whether_a_time_source_keeps_the_clock():
    state = clock_state()
    assert state is None or state.error_s >= 0


def test_systemd_hears_one_datagram_and_silence_is_no_error(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    notify("READY=1")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "notify"))
    notify("READY=1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        notify("WATCHDOG=1")
        assert listener.recv(64) == b"WATCHDOG=1"
    monkeypatch.setenv(VARIABLE, f"@kuangan-test-{os.getpid()}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0kuangan-test-{os.getpid()}")
        notify("READY=1")
        assert listener.recv(64) == b"READY=1"
