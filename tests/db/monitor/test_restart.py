"""A crash at any moment: nothing acknowledged is lost, nothing is doubled, no row goes back in time."""

from decimal import Decimal

import pytest

from kuangan.monitor.history import readings
from kuangan.monitor.models import Cursor, Episode, FeedFile, FoldSnapshot
from tests.db.monitor.feedtext import CORNER, FEED, MINE, RETURN, cddy, cdss, moment, seconds

STEPS = [
    ("08:00:00", "0.50"),
    ("08:00:30", "1.10"),
    ("08:01:00", "1.30"),
    ("08:01:30", "0.50"),
    ("08:20:00", "1.05"),
    ("08:20:30", "1.60"),
    ("08:21:00", "0.40"),
]
WANTED = [
    (moment("08:00:30"), moment("08:01:30"), Decimal("1.3"), 2),
    (moment("08:20:00"), moment("08:21:00"), Decimal("1.6"), 2),
]


def body(clock, corner):
    return cdss(clock, {CORNER: (corner, 0), RETURN: ("0.2", 0), FEED: ("1", 0)})


def episodes():
    rows = Episode.objects.filter(withdrawn=False).order_by("started_at")
    return list(rows.values_list("started_at", "ended_at", "peak", "readings"))


@pytest.mark.parametrize("at", range(len(STEPS) + 1))
@pytest.mark.parametrize("snapshot_before", [False, True])
def test_a_crash_after_any_file_changes_nothing(works, at, snapshot_before):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", {CORNER: "1.00", FEED: ""}))
    for number, (clock, value) in enumerate(STEPS):
        if number == at:
            if snapshot_before:
                works.care.checkpoint_all()
            works.crash()
        works.take("CDSS", clock, body(clock, value))
        if number % 2:
            works.engine.commit()
    works.crash()
    assert episodes() == WANTED
    assert works.statuses() == ["done"] * (len(STEPS) + 1)
    works.care.checkpoint_all()
    series = readings(works.root / "history", MINE, CORNER, seconds("08:00:00"), seconds("09:00:00"))
    assert series.time.tolist() == [seconds(clock) for clock, _ in STEPS]


def test_replay_writes_the_end_result_only(works):
    for clock, value in STEPS[:3]:
        works.receive("CDSS", clock, body(clock, value))
    works.care.checkpoint_all()
    for clock, value in STEPS[3:]:
        works.receive("CDSS", clock, body(clock, value))
    before = list(Episode.objects.order_by("pk").values())
    works.crash()
    assert list(Episode.objects.order_by("pk").values()) == before


def test_cursor_and_snapshots_say_where_a_replay_starts(works):
    for clock, value in STEPS[:2]:
        works.receive("CDSS", clock, body(clock, value))
    assert (Cursor.objects.get().journal_seq, Cursor.objects.get().replay_from) == (2, 1)
    works.care.checkpoint_all()
    assert FoldSnapshot.objects.get().journal_seq == 2
    assert Cursor.objects.get().replay_from == 3


def test_a_file_that_was_journalled_but_not_taken_is_taken_at_the_restart(works):
    works.receive("CDSS", "08:00:00", body(*STEPS[0]))
    works.take("CDSS", "08:00:30", body(*STEPS[1]))
    assert FeedFile.objects.count() == 1
    works.crash()
    assert works.statuses() == ["done", "done"]
    assert Episode.objects.get().started_at == moment("08:00:30")


def test_the_question_about_power_survives_a_crash(works):
    works.receive("CDDY", "07:00:00", cddy("07:00:00", {CORNER: "1.00", FEED: ""}))
    works.receive("CDSS", "08:00:00", body("08:00:00", "1.60"))
    works.care.checkpoint_all()
    works.crash()
    works.receive("CDSS", "08:00:30", body("08:00:30", "1.60"))
    assert Episode.objects.get().power_state == "energised"
