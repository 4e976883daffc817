"""Journal, history and database that do not fit together: nothing acknowledged vanishes without a word."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kuangan.base import clock
from kuangan.core.models import Event, Incident
from kuangan.monitor.history import readings
from kuangan.monitor.history.layout import reading_files
from kuangan.monitor.journal import replay
from kuangan.monitor.models import Cursor, Episode, FeedFile, FoldSnapshot, HistoryPart, JournalGap
from kuangan.monitor.recovery.keeper import in_full
from tests.db.monitor.feedtext import CORNER, MINE, cdss, moment, seconds

FILES = 12


def clock_text(number):
    return f"08:{number // 2:02d}:{number % 2 * 30:02d}"


def body(number):
    return cdss(clock_text(number), {CORNER: ("1.20" if number in (3, 4) else f"0.{30 + number}", 0)})


def send(works, numbers):
    return [works.receive("CDSS", clock_text(number), body(number)) for number in numbers]


def wanted(numbers):
    return [(seconds(clock_text(n)), 1_200_000 if n in (3, 4) else 300_000 + 10_000 * n) for n in numbers]


def history(works):
    series = readings(works.root / "history", MINE, CORNER, seconds("07:00:00"), seconds("10:00:00"))
    return list(zip(series.time.tolist(), series.value.tolist(), strict=True))


def segments(works):
    return sorted((works.root / "journal").glob("*.journal"))


def parts(works):
    return reading_files(works.root / "history" / MINE / "2026-03-02")


def incidents():
    """Kind of each, and whether it is still open."""
    return [(incident.kind, incident.ended_at is None) for incident in Incident.objects.order_by("pk")]


def a_night(works):
    """The night's work, all at once."""
    in_full(works.care._night_of(clock.now()))


def restart(works, change):
    works.care.checkpoint_all()
    works.journal.close()
    change()
    works.start()


def flip(path, at):
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def test_a_journal_gets_its_name_once_and_rows_refer_to_it(works):
    send(works, range(2))
    name = works.journal.identity
    works.crash()
    assert works.journal.identity == name == Cursor.objects.get().identity
    assert set(FeedFile.objects.values_list("journal__identity", flat=True)) == {name}


def test_all_segments_gone_then_every_new_file_gets_row_history_and_over_limit(works):
    send(works, range(3))
    restart(works, lambda: [path.unlink() for path in segments(works)])
    assert send(works, range(3, FILES)) == list(range(4, FILES + 1))
    works.crash()
    works.care.checkpoint_all()
    assert works.statuses() == ["done"] * FILES
    assert history(works) == wanted(range(FILES))
    assert Episode.objects.get().readings == 2
    assert incidents() == [("journal_gap", False)]  # nothing is wanted: all of it was in history


def test_the_whole_journal_folder_gone_is_another_journal_that_takes_no_number_again(works):
    send(works, range(3))
    restart(works, lambda: shutil.rmtree(works.root / "journal"))
    assert send(works, range(3, 6)) == [4, 5, 6]
    assert Cursor.objects.filter(ended_at=None).count() == 1
    assert Cursor.objects.count() == 2
    works.crash()
    works.care.checkpoint_all()
    assert history(works) == wanted(range(6))
    assert incidents() == [("journal_gap", False)]


def test_a_journal_older_than_the_database_as_after_a_restore_loses_no_new_file(works):
    send(works, range(3))
    works.care.checkpoint_all()
    copy = works.root / "backup"
    shutil.copytree(works.root / "journal", copy)
    send(works, range(3, 8))

    def put_back():
        shutil.rmtree(works.root / "journal")
        shutil.copytree(copy, works.root / "journal")

    restart(works, put_back)
    assert send(works, range(8, FILES)) == list(range(9, FILES + 1))
    works.crash()
    works.care.checkpoint_all()
    assert history(works) == wanted(range(FILES))
    assert works.statuses() == ["done"] * FILES
    gap = JournalGap.objects.get()
    assert (gap.first_seq, gap.last_seq) == (4, 8)
    text = Incident.objects.get().text
    assert "流水号 4 至 8" in text
    assert "示例煤矿01 5 个" in text


def test_what_neither_journal_nor_history_has_is_lost_in_words_and_taken_when_it_comes_again(works):
    send(works, range(3))
    works.care.checkpoint_all()
    send(works, range(3, 6))
    works.journal.close()  # killed: the readings of the last three are in the journal only
    for path in segments(works):
        raw = path.read_bytes()
        path.write_bytes(raw[: len(raw) // 2])
    works.start()
    assert works.statuses() == ["done"] * 3 + ["lost"] * 3
    assert incidents() == [("journal_gap", True)]
    assert send(works, range(3, 6)) == [7, 8, 9]
    works.care.tick(clock.now())
    assert works.statuses() == ["done"] * 3 + ["duplicate"] * 3 + ["done"] * 3
    assert incidents() == [("journal_gap", False)]
    works.care.checkpoint_all()
    assert history(works) == wanted(range(6))
    assert send(works, [4]) == [10]
    assert works.statuses()[-1] == "duplicate"


def test_a_missing_middle_segment_is_a_gap_that_names_mine_and_files(works):
    works.journal._segment_bytes = 1
    send(works, range(6))
    works.journal.close()
    segments(works)[2].unlink()
    works.start()
    works.care.checkpoint_all()
    assert works.statuses() == ["done", "done", "lost", "done", "done", "done"]
    assert history(works) == wanted([0, 1, 3, 4, 5])
    assert incidents() == [("journal_gap", True)]
    assert "示例煤矿01 1 个" in Incident.objects.get().text
    works.crash()
    a_night(works)
    assert Incident.objects.get().count == 1


def test_a_segment_that_vanishes_later_is_noticed_by_night(works):
    works.journal._segment_bytes = 1
    send(works, range(6))
    works.care.checkpoint_all()
    segments(works)[2].unlink()
    a_night(works)
    assert incidents() == [("journal_gap", False)]
    assert works.statuses() == ["done"] * 6


def test_a_missing_segment_that_no_replay_reads_is_noticed_at_the_start(works):
    works.journal._segment_bytes = 1
    send(works, range(6))
    restart(works, segments(works)[2].unlink)
    assert incidents() == [("journal_gap", False)]


def test_a_flipped_bit_in_the_journal_names_file_mine_and_numbers(works):
    send(works, range(6))
    works.journal.close()
    (path,) = segments(works)
    flip(path, path.stat().st_size // 2)
    works.start()
    assert works.statuses().count("lost") == 1
    incident = Incident.objects.get()
    assert incident.kind == "journal_damaged"
    assert str(path) in incident.text
    assert "示例煤矿01 1 个" in incident.text
    assert "字节损坏" in incident.text


def test_the_number_of_a_torn_last_frame_is_not_given_twice(works):
    send(works, range(3))
    works.journal.close()
    (path,) = segments(works)
    path.write_bytes(path.read_bytes()[:-3])
    works.start()
    assert send(works, [3]) == [4]
    assert works.statuses() == ["done", "done", "lost", "done"]


def test_a_torn_number_that_the_database_never_saw_is_noted_as_void(works):
    send(works, range(2))
    works.take("CDSS", clock_text(2), body(2))
    works.journal.close()
    (path,) = segments(works)
    path.write_bytes(path.read_bytes()[:-3])
    works.start()
    assert send(works, [3]) == [4]
    works.crash()
    assert [frame.seq for frame in replay(works.root / "journal")] == [1, 2, 4]
    assert incidents() == []


@pytest.mark.parametrize("harm", ["deleted", "damaged", "of another release"])
def test_a_snapshot_that_is_gone_or_damaged_is_folded_again_from_the_journal(works, harm):
    send(works, range(4))
    works.care.checkpoint_all()
    send(works, range(4, 5))
    if harm == "deleted":
        restart(works, FoldSnapshot.objects.all().delete)
    else:
        row = FoldSnapshot.objects.get()
        works.care.checkpoint_all()
        blob = bytearray(row.blob)
        blob[len(blob) // 2] ^= 4
        digest = row.sha256 if harm == "damaged" else ""
        restart(works, lambda: FoldSnapshot.objects.update(blob=bytes(blob), sha256=digest))
    assert incidents() == [("snapshot_damaged", True)]
    send(works, range(5, 7))
    episode = Episode.objects.get()
    assert (episode.started_at, episode.ended_at, episode.readings) == (
        moment(clock_text(3)),
        moment(clock_text(5)),
        2,
    )
    works.care.checkpoint_all()
    assert incidents() == [("snapshot_damaged", False)]
    assert history(works) == wanted(range(7))
    assert FeedFile.objects.count() == 7


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize("harm", [cut, lambda path: flip(path, 200), lambda path: path.unlink()])
@pytest.mark.parametrize("when", ["start", "night"])
def test_a_history_file_cut_flipped_or_deleted_is_made_again_from_the_journal(works, harm, when):
    send(works, range(FILES))
    works.care.checkpoint_all()
    (path,) = parts(works)
    if when == "start":
        restart(works, lambda: harm(path))
    else:
        harm(path)
    a_night(works)
    assert history(works) == wanted(range(FILES))
    assert incidents() == [("history_damaged", False)]
    assert "2026-03-02" in Incident.objects.get().text
    assert set(works.statuses()) == {"done"}
    assert HistoryPart.objects.filter(lost_at=None).count() == 1


def test_a_history_file_that_the_journal_cannot_make_again_is_wanted_from_the_mine(works):
    send(works, range(4))
    works.care.checkpoint_all()
    (path,) = parts(works)

    def harm():
        cut(path)
        for segment in segments(works):
            segment.unlink()

    restart(works, harm)
    send(works, range(4, 6))
    assert works.statuses() == ["lost"] * 4 + ["done"] * 2
    assert ("history_damaged", True) in incidents()
    assert (works.root / "damaged" / MINE / "2026-03-02" / path.name).is_file()
    send(works, range(4))
    works.care.tick(clock.now())
    works.care.checkpoint_all()
    assert history(works) == wanted(range(6))
    assert not any(is_open for _, is_open in incidents())
    assert not HistoryPart.objects.exclude(lost_at=None).exists()


def test_a_row_that_history_does_not_bear_out_is_found_by_night(works):
    send(works, range(4))
    works.care.checkpoint_all()
    (path,) = parts(works)
    path.unlink()
    HistoryPart.objects.all().delete()
    a_night(works)
    assert history(works) == wanted(range(4))
    assert incidents() == [("history_damaged", False)]


def test_history_files_that_no_list_knows_are_listed_not_deleted(works):
    send(works, range(4))
    works.care.checkpoint_all()
    HistoryPart.objects.all().delete()
    works.crash()
    assert HistoryPart.objects.get().rows == 4
    a_night(works)
    assert incidents() == []


@pytest.mark.parametrize("strange", ["2026-02-30/part-1-2.parquet", f"2026-03-02/part-{'9' * 25}-{'9' * 25}.parquet"])
def test_a_file_in_the_history_that_nobody_can_place_stops_neither_start_nor_night(works, strange):
    send(works, range(4))
    works.care.checkpoint_all()
    place = works.root / "history" / MINE / strange
    place.parent.mkdir(exist_ok=True)
    restart(works, lambda: place.write_bytes(parts(works)[0].read_bytes()))
    works.receive("CDSS", clock_text(4), body(4))
    works.care.checkpoint_all()
    a_night(works)
    assert history(works)[: len(wanted(range(5)))] == wanted(range(5))


def test_a_copy_of_a_segment_that_somebody_left_beside_it_keeps_nobody_from_sending(works):
    send(works, range(4))
    segment = segments(works)[0]
    copy = segment.with_name(f"{segment.stem}-copy{segment.suffix}")
    restart(works, lambda: copy.write_bytes(segment.read_bytes()))
    send(works, [4])
    a_night(works)
    works.care.checkpoint_all()
    assert history(works) == wanted(range(5))
    assert copy.exists()


def test_a_past_day_becomes_one_file_whose_hash_is_in_the_trail(works):
    for first in range(0, 8, 4):
        send(works, range(first, first + 4))
        works.care.checkpoint_all()
    assert len(parts(works)) == 2
    clock.move(moment("09:00:00") + timedelta(days=1))
    a_night(works)
    (path,) = parts(works)
    row = HistoryPart.objects.get()
    event = Event.objects.get(action="history_sealed")
    assert event.data["files"] == [{"name": path.name, "rows": 8, "sha256": row.sha256}]
    assert history(works) == wanted(range(8))
    a_night(works)
    assert Event.objects.filter(action="history_sealed").count() == 1
    restart(works, path.unlink)
    assert history(works) == wanted(range(8))


def test_no_query_is_asked_for_a_file_that_is_new(works):
    send(works, range(3))
    works.crash()
    send(works, [3])
    files = works.engine.files
    mine = FeedFile.objects.first().mine_id
    before = len(connection.queries_log)
    connection.force_debug_cursor = True
    try:
        assert not files.is_duplicate(mine, "ab" * 32, 99, int(datetime.now(UTC).timestamp()))
    finally:
        connection.force_debug_cursor = False
    assert len(connection.queries_log) == before
