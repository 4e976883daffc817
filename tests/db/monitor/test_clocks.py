"""Clocks that are wrong: one mine's, or ours; what was set apart is taken up when they are right."""

import asyncio
import threading
from datetime import timedelta

import pytest

from kuangan.base import clock
from kuangan.core.models import Incident, Notice
from kuangan.monitor.door.listener import JournalArguments
from kuangan.monitor.doubt.clock import Steps, common_lead
from kuangan.monitor.models import Episode, FeedFile, Silence
from kuangan.monitor.recovery.again import take_again
from kuangan.monitor.recovery.apart import Again
from tests.db.monitor.conftest import Works
from tests.db.monitor.feedtext import CORNER, MINE, cdss, moment, name_of, seconds
from tests.db.monitor.mines import make_mine

CODES = [MINE, *(f"14042390000{number}" for number in range(2, 6))]


@pytest.fixture
def mines(works):
    return [make_mine(code) for code in CODES[1:]]


def send(works, code, clock_text, value, at):
    """A file of a mine whose own time is `clock_text`, received at the moment `at` of our clock."""
    clock.move(at)
    body = cdss(clock_text, {CORNER.replace(MINE, code): (value, 0)}, mine=code, place="1301综采工作面回风隅角T0")
    works.send(code, name_of("CDSS", clock_text, code), body, int(at.timestamp()))


def incidents():
    """Kind, key and whether it lasts, of those about clocks."""
    rows = Incident.objects.filter(kind__in=("clock_moved", "mine_clock")).order_by("pk")
    return [(row.kind, row.key, row.ended_at is None) for row in rows]


def test_our_clock_two_hours_behind_loses_no_file_and_is_said(works, mines):
    """Every file of every mine was set apart for good, with 202, and nobody was told."""
    behind = timedelta(hours=2)
    for minute, value in ((0, "1.10"), (1, "1.20"), (2, "0.20")):
        for code in CODES:
            send(works, code, f"09:0{minute}:00", value, moment(f"09:0{minute}:01") - behind)
        works.care.tick(clock.now())
    assert set(works.statuses()) == {"future"}
    assert incidents() == [("clock_moved", "platform", True)]
    assert "偏慢" in Incident.objects.get().text
    assert not Notice.objects.filter(kind="feed_doubt").exists()

    for code in CODES:
        send(works, code, "09:10:00", "0.20", moment("09:10:01"))
    works.care.tick(moment("09:10:02"))
    assert not FeedFile.objects.filter(status="future").exists()
    assert FeedFile.objects.filter(status="again").count() == 15
    assert incidents() == [("clock_moved", "platform", False)]
    assert Episode.objects.count() == len(CODES)
    for episode in Episode.objects.all():
        span = (episode.started_at, episode.ended_at, episode.readings)
        assert span == (moment("09:00:00"), moment("09:02:00"), 2)


def test_one_mine_ahead_is_the_mines_fault_and_its_files_are_taken_with_their_times_put_right(works, mines):
    for minute, value in ((0, "1.10"), (1, "0.20")):
        for code in CODES[1:]:
            send(works, code, f"08:0{minute}:00", "0.20", moment(f"08:0{minute}:01"))
        send(works, MINE, f"09:0{minute}:00", value, moment(f"08:0{minute}:00"))
    works.care.tick(moment("08:01:02"))
    assert incidents() == [("mine_clock", MINE, True)]
    send(works, MINE, "08:10:00", "0.20", moment("08:10:01"))
    works.care.tick(moment("08:10:02"))
    episode = Episode.objects.get()
    assert (episode.started_at, episode.ended_at) == (moment("08:00:00"), moment("08:01:00"))
    again = FeedFile.objects.filter(mine__code=MINE, message__contains="时钟超前 3600 秒")
    assert again.count() == 2
    works.crash()
    assert Episode.objects.get().ended_at == moment("08:01:00")
    works.care.tick(moment("08:10:03"))
    assert incidents() == [("mine_clock", MINE, False)]


def test_files_set_apart_wait_across_a_restart(works, mines):
    send(works, MINE, "09:00:00", "1.10", moment("08:00:00"))
    works.crash()
    send(works, MINE, "08:10:00", "0.20", moment("08:10:01"))
    works.care.tick(moment("08:10:02"))
    assert Episode.objects.get().started_at == moment("08:00:00")


def test_a_clock_far_back_waits_for_a_person(works):
    clock.move(moment("08:00:00"))
    body = cdss("08:00:00", {CORNER: ("1.10", 0)}).replace(b"2026-03-02", b"2025-03-02")
    works.send(MINE, name_of("CDSS", "08:00:00"), body, seconds("08:00:00"))
    send(works, MINE, "08:01:00", "0.20", moment("08:01:01"))
    works.care.tick(moment("08:01:02"))
    assert works.statuses() == ["past", "done"]
    assert not Episode.objects.exists()


def test_our_clock_a_day_ahead_calls_nobody_silent(works, mines):
    """618 silences although every mine sent."""
    for second in (0, 30):
        for code in CODES:
            send(works, code, f"08:00:{second:02d}", "0.20", moment(f"08:00:{second:02d}"))
    day = timedelta(days=1)
    for minute in range(1, 5):
        for code in CODES:
            send(works, code, f"08:0{minute}:00", "0.20", moment(f"08:0{minute}:00") + day)
        works.care.tick(clock.now())
    assert not Silence.objects.exists()
    assert incidents() == [("clock_moved", "platform", True)]
    for code in CODES:
        send(works, code, "08:05:00", "0.20", moment("08:05:01"))
    works.care.tick(clock.now())
    works.care.tick(moment("08:10:02"))
    assert incidents() == [("clock_moved", "platform", False)]
    assert Silence.objects.count() == len(CODES)


def test_a_backlog_that_arrives_late_is_no_silence(works):
    send(works, MINE, "08:00:00", "0.20", moment("08:00:00"))
    send(works, MINE, "08:00:30", "0.20", moment("08:20:00"))
    works.care.tick(moment("08:20:01"))
    assert not Silence.objects.exists()
    works.care.tick(moment("08:25:01"))
    assert Silence.objects.get().started_at == moment("08:00:30")


def test_a_mine_whose_data_are_late_all_the_time_is_told(works):
    send(works, MINE, "08:00:00", "0.20", moment("09:00:00"))
    send(works, MINE, "08:29:00", "0.20", moment("09:29:00"))
    works.care.tick(moment("09:29:59"))
    assert incidents() == []
    works.care.tick(moment("09:30:00"))
    assert incidents() == [("mine_clock", MINE, True)]


def test_a_step_of_the_clock_is_noticed_by_the_steady_one():
    steps = Steps(1000.0, 50.0)
    assert steps.look(1010.0, 60.0) is None
    assert steps.look(1075.0, 65.0) is None, "60 seconds are no step"
    assert steps.look(1136.5, 66.0) == 60.5
    assert steps.look(800.0, 76.0) == -346.5
    assert steps.look(1400.0, 86.0, rate=60.0) is None


@pytest.mark.parametrize(
    ("leads", "of", "wanted"),
    [
        ([7200, 7190, 7210], 3, 7200),
        ([7200, 7190], 2, None),
        ([7200, 7190, 7210], 6, None),
        ([7200, 7190, 7210], 5, 7200),
        ([7200, 100, -9000, 40_000], 4, None),
        ([600, 600, 600], 3, None),
        ([-86_400, -86_390, -86_000, 5], 4, -86_390),
    ],
)
def test_three_mines_and_more_than_half_say_that_it_is_our_clock(leads, of, wanted):
    assert common_lead(leads, of, 600) == wanted


def test_a_file_that_cannot_be_taken_up_again_keeps_none_of_the_others_waiting(committed_db, data_folder):
    make_mine()
    works = Works(data_folder)
    damaged = JournalArguments(
        mine=MINE, type="CDSS", name="x", body=b"no zstd", encoding="zstd", source_at=0, file_at=0
    )
    first = works.journal.append(**damaged, received_at=0).result()
    send(works, MINE, "10:00:00", "1.10", moment("08:00:00"))
    assert works.statuses() == ["future"]

    async def keep(upload) -> int:
        return works.journal.append(**upload.frame(), received_at=0).result()

    files = [Again(1, first, 0), Again(1, first + 1, 0)]
    asyncio.run(take_again(files, works.journal.root, keep, threading.Event()))
    assert works.statuses() == ["again"]
    works.journal.close()
