"""What the supervisor watches beside its children: the disk's room, a clock that does not count."""

import json
import time

import pytest

from kuangan.base import space
from kuangan.host.data_folder import DataFolder
from kuangan.host.logs.console import Console
from kuangan.host.machine import growth
from kuangan.host.processes import wait_until
from kuangan.host.supervisor import Supervisor
from kuangan.host.troubles import spooled
from kuangan.host.watches import DiskWatch, RoundsWatch, note_ignored_clock
from tests.unit.host.disks import MB, fill, small_disk


def supervisor_of(folder):
    folder.make()
    return Supervisor(None, [], Console(folder.logs), folder.run / "status.json")


def said(folder):
    return [(trouble.kind, trouble.over, trouble.call) for _, trouble in spooled(folder.run)]


def test_the_ballast_goes_when_room_runs_short_is_said_once_and_comes_back_with_room():
    with small_disk(400) as place:
        folder = DataFolder(place)
        supervisor = supervisor_of(folder)
        watch = DiskWatch(folder, supervisor)
        watch.look()
        assert space.ballast_bytes(place) == space.BALLAST_LEAST
        edge = space.needed(400 * MB) - space.BALLAST_LEAST
        filler = fill(place, leave=edge + MB)
        watch.look()
        assert not space.is_short(place)
        filler.unlink()
        filler = fill(place, leave=edge - MB)
        assert space.is_short(place)
        watch.look()
        watch.look()
        assert space.ballast_bytes(place) == 0
        assert space.is_short(place)  # throwing the ballast out is no relief
        assert said(folder) == [("disk_full", False, True)]
        supervisor.write_status()
        (text,) = json.loads(supervisor.status.read_text())["troubles"]
        assert "暂停接收新的文件；请至少腾出 2 MB 空间" in text
        filler.unlink()
        watch.look()
        assert space.ballast_bytes(place) == space.BALLAST_LEAST
        assert said(folder) == [("disk_full", False, True), ("disk_full", True, False)]


def test_a_disk_without_a_byte_ends_neither_status_nor_messages():
    with small_disk(100) as place:
        folder = DataFolder(place)
        supervisor = supervisor_of(folder)
        supervisor.addresses = {"web": "x" * 10000}
        filler = fill(place)
        supervisor.console.line("web", "y" * 10000)
        DiskWatch(folder, supervisor).look()
        supervisor.write_status()
        assert said(folder) == []
        filler.unlink()
        supervisor.spool.flush()
        supervisor.write_status()
        assert said(folder) == [("disk_full", False, True)]
        assert json.loads(supervisor.status.read_text())["addresses"]["web"] == "x" * 10000


@pytest.mark.parametrize(
    ("demo", "expected"), [(False, ("clock_moved", False, True)), (True, ("clock_moved", True, False))]
)
def test_a_moved_clock_among_real_work_is_said_and_a_demonstrations_is_not(folder, monkeypatch, demo, expected):
    monkeypatch.setenv("KUANGAN_DATA", str(folder.root))
    monkeypatch.delenv("KUANGAN_TEST_CLOCK", raising=False)
    supervisor = supervisor_of(folder)
    (folder.root / "clock.json").write_text('{"wall": 0, "moved": 4000000000, "rate": 1}')
    if demo:
        (folder.root / "demo.json").write_text("{}")
    note_ignored_clock(supervisor)
    assert said(folder) == [expected]


def test_a_disk_that_will_be_full_is_said_once_and_when_it_is_over(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://kuangan_app@localhost/kuangan")
    monkeypatch.delenv("KUANGAN_CERTIFICATE", raising=False)
    supervisor = supervisor_of(folder)
    watch = RoundsWatch(folder, supervisor)
    watch.look()
    assert not (folder.run / growth.NOTES).exists()  # a start has better things to do

    def look_again():
        watch._due = 0.0
        assert wait_until(lambda: watch.look() or watch._looking is None, 60)

    def yesterday(room):
        note = {"at": time.time() - growth.DAY - 60, "room": room, "parts": {}}
        (folder.run / growth.NOTES).write_text(f"{json.dumps(note)}\n")

    room = space.room(folder.root)
    yesterday(room * 2)
    look_again()
    yesterday(room * 2)
    look_again()
    assert said(folder) == [("disk_forecast", False, True)]
    yesterday(1)
    look_again()
    assert said(folder) == [("disk_forecast", False, True), ("disk_forecast", True, False)]
