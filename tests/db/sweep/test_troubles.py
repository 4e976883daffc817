"""What the supervisor says reaches those who run the platform."""

import os
from datetime import timedelta

import pytest
from django.db import connection

from kuangan.base import clock
from kuangan.core.models import Delivery, Incident, Notice
from kuangan.flow import sweep
from kuangan.flow.upkeep.troubles import take_up
from kuangan.host import heartbeat
from kuangan.host.data_folder import DataFolder
from kuangan.host.logs.console import Console
from kuangan.host.processes import wait_until
from kuangan.host.supervisor import Supervisor
from kuangan.host.troubles import Spool, Trouble, spooled
from kuangan.host.watches import LogWatch
from tests.city import START
from tests.unit.host.disks import small_disk

AT = START + timedelta(days=1)


@pytest.fixture
def run(city, tmp_path, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def test_a_hung_process_is_an_incident_until_it_lives_again_and_calls_the_operator(run):
    spool = Spool(run)
    spool.say(Trouble("process_hung", "ingest", "进程 ingest 已 60 秒没有响应", call=True))
    spool.say(Trouble("process_hung", "ingest", "进程 ingest 已 60 秒没有响应", call=True))
    assert take_up(AT) == 2
    incident = Incident.objects.get(kind="process_hung", key="ingest")
    assert (incident.count, incident.ended_at) == (2, None)
    told = Notice.objects.filter(kind="incident")
    assert told.exists()
    assert {notice.title for notice in told} == {"运行异常：进程无响应"}
    assert Delivery.objects.filter(notice__in=told, channel="sms").exists()
    spool.say(Trouble("process_hung", "ingest", over=True))
    take_up(AT + timedelta(seconds=5))
    incident.refresh_from_db()
    assert incident.ended_at == AT + timedelta(seconds=5)
    assert list(spooled(run)) == []


def test_a_message_that_cannot_be_said_does_not_keep_the_others_waiting(run):
    spool = Spool(run)
    spool.say(Trouble("no such kind", "x", "?"))
    (run / "troubles" / "000000002.json").write_text("{half")
    spool._number = 2
    spool.say(Trouble("disk_full", "data", "磁盘将满\x00", call=True))
    assert take_up(AT) == 1
    assert list(Incident.objects.values_list("kind", flat=True)) == ["disk_full"]
    assert list(spooled(run)) == []


def test_logs_deleted_before_their_term_are_an_incident_that_names_them_and_is_over_at_once(run, monkeypatch):
    with small_disk(20) as place:
        monkeypatch.setenv("KUANGAN_DATA", str(place))
        folder = DataFolder(place)
        folder.make()
        for day in (1, 2):
            log = folder.logs / f"web-2026-01-0{day}.log.gz"
            log.write_bytes(b"x" * 1_500_000)
            os.utime(log, (day, day))
        watch = LogWatch(Supervisor(None, [], Console(folder.logs), folder.run / "status.json"))
        assert wait_until(lambda: watch.look() or list(spooled(folder.run)), 20)
        assert take_up(AT) == 2
    incident = Incident.objects.get(kind="logs_cut")
    assert (incident.key, incident.ended_at) == ("web-2026-01-01.log.gz", AT)
    assert "已提前删除最早的 1 个日志文件" in incident.text
    told = Notice.objects.get(kind="incident")
    assert not Delivery.objects.filter(notice=told, channel="sms").exists()


def test_nothing_to_say_costs_nothing(run, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert take_up(clock.now()) == 0


def test_each_statement_of_a_long_stage_is_a_sign_of_life(run, monkeypatch):
    beat = run / "sweep.beat"
    beat.touch()
    monkeypatch.setenv(heartbeat.VARIABLE, str(beat))
    with connection.execute_wrapper(sweep._alive):
        for _ in range(2):
            os.utime(beat, (0, 0))
            monkeypatch.setattr(heartbeat, "_last", 0.0)
            assert Incident.objects.count() == 0
            assert beat.stat().st_mtime > 0
        os.utime(beat, (0, 0))
        assert Incident.objects.count() == 0
        assert beat.stat().st_mtime == 0  # at most once a second
