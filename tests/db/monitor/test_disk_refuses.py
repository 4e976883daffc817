"""A disk that refuses to write: those who run the platform are told, by SMS too, and told no more when it writes again."""

import errno
import threading

import pytest

from kuangan.base import clock
from kuangan.core.actions import appoint, create_person, create_post, create_unit
from kuangan.core.models import Delivery, Incident
from kuangan.law.role import Role
from kuangan.monitor.history import readings
from kuangan.monitor.recovery.journal import JournalWatch
from tests.db.monitor.door import Door
from tests.db.monitor.feedtext import CORNER, MINE, cdss, name_of, seconds
from tests.unit.monitor.test_journal import Disk

ALWAYS = 1_000_000


@pytest.fixture
def door(works, mine):
    return Door(works, mine)


@pytest.fixture(autouse=True)
def operator(mine):
    """Somebody who runs the platform and has a telephone."""
    unit = create_unit(actor=None, kind="platform", code="platform", name="平台运行中心")
    person = create_person(actor=None, name="庚一", unit=unit, phone="000-0001")
    post = create_post(actor=None, unit=unit, title="系统管理员", role=Role.operator)
    appoint(actor=None, post=post, person=person)


def post(door, clock_text):
    return door.post(name_of("CDSS", clock_text), cdss(clock_text, {CORNER: ("0.30", 0)}))


def told(kind):
    """Whether the incident is over, how often it was said, and how many messages went to a telephone."""
    incident = Incident.objects.get(kind=kind)
    return incident.ended_at is not None, incident.count, Delivery.objects.filter(channel="sms").count()


def test_a_journal_that_cannot_be_written_is_said_with_a_call_and_over_when_it_can(works, door, monkeypatch):
    watch, disk = JournalWatch(works.journal, threading.Event()), Disk(monkeypatch, "fdatasync", errno.EIO)
    disk.left = ALWAYS
    answer = post(door, "08:00:00")
    assert (answer.status_code, answer.json()["error"]) == (503, "not_kept")
    for _ in range(2):
        watch.look(clock.now())
    assert told("journal_write") == (False, 1, 1)
    assert "磁盘" in Incident.objects.get().text
    disk.left = 0
    assert post(door, "08:00:00").status_code == 202
    watch.look(clock.now())
    assert told("journal_write") == (True, 1, 1)


def test_a_history_that_cannot_be_written_is_said_with_a_call_and_over_with_nothing_lost(works, door, monkeypatch):
    monkeypatch.setattr("kuangan.monitor.ingest.care.CHECKPOINT_AFTER", 0.0)
    assert post(door, "08:00:00").status_code == 202
    disk = Disk(monkeypatch, "fsync", errno.ENOSPC)
    disk.left = ALWAYS
    for _ in range(2):
        door.tick()
    assert told("history_write") == (False, 1, 1)
    assert "磁盘空间不足，历史数据不能写入，暂停接收文件" in works.care.fault
    disk.left = 0
    door.tick()
    assert (told("history_write"), works.care.fault) == ((True, 1, 1), "")
    series = readings(works.root / "history", MINE, CORNER, seconds("07:00:00"), seconds("10:00:00"))
    assert series.time.tolist() == [seconds("08:00:00")]
