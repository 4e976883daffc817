"""One poisoned item among good ones, at each stage of taking files: exactly the good ones come through."""

import json
import os
from decimal import Decimal

import pytest
from django.db import connection

from kuangan.base import clock
from kuangan.core.models import Incident
from kuangan.mine.models import Point
from kuangan.monitor.door.listener import inspect
from kuangan.monitor.ingest.taking import Taking
from kuangan.monitor.models import Declaration, Episode, FeedFile, LiveRow, Silence
from tests.db.monitor.door import Door
from tests.db.monitor.feedtext import CORNER, MINE, RETURN, cddy, cdss, moment, name_of, seconds, ycbj
from tests.db.monitor.mines import make_mine
from tests.poison import make_refusable, refuse

OVER = "999999999999.9999999"
TWO = "140423900002"


@pytest.fixture
def door(works, mine):
    return Door(works, mine)


@pytest.fixture(scope="session")
def refusable(django_db_setup):
    make_refusable(connection.settings_dict["NAME"])


@pytest.fixture
def poison(refusable, db):
    """``poison(table, pattern)``: from now on the database refuses such rows."""
    return refuse


def readings(clock_text, corner="0.30", other="0.20"):
    return cdss(clock_text, {CORNER: (corner, 0), RETURN: (other, 0)})


def results(works):
    works.engine.commit(full=True)
    return works.statuses()


def take_all(works, *rows):
    for kind, clock_text, body in rows:
        works.take(kind, clock_text, body)
    return results(works)


def test_a_value_that_rounds_beyond_its_column_is_a_bad_record(works):
    """One mine's reading ended the feed of the whole city."""
    assert take_all(
        works,
        ("CDSS", "08:00:00", readings("08:00:00", "1.10")),
        ("CDSS", "08:00:30", readings("08:00:30", OVER)),
        ("YCBJ", "08:00:40", ycbj("08:00:40", CORNER, "08:00:00", peak=OVER)),
        ("CDDY", "08:00:50", cddy("08:00:50", {CORNER: OVER, RETURN: "0.80"})),
        ("CDSS", "08:01:00", readings("08:01:00", "1.20")),
    ) == ["done", "partial", "done", "done", "done"]
    assert (Episode.objects.get().peak, Episode.objects.get().readings) == (Decimal("1.2"), 2)
    assert Declaration.objects.get().peak is None


@pytest.mark.parametrize("peak", ["999999999999.999999", "-999999999999.999999"])
def test_the_largest_value_of_the_column_is_kept(works, peak):
    works.receive("YCBJ", "08:00:40", ycbj("08:00:40", CORNER, "08:00:00", peak=peak))
    assert Declaration.objects.get().peak == Decimal(peak)


def test_two_codes_alike_in_their_first_80_characters_stop_nobody(works):
    """Both fell silent, and one key stood twice in one statement."""
    long = CORNER.ljust(80, "9")
    works.receive("CDSS", "07:00:00", cdss("07:00:00", {long + "1": ("0.3", 0), long + "2": ("0.3", 0)}), at="08:00:00")
    works.receive("CDSS", "08:00:00", readings("08:00:00"))
    works.care.tick(moment("08:05:01"))
    assert works.statuses() == ["refused", "done"]
    assert Silence.objects.get().point is None


def test_file_row(works, poison):
    poison("monitor_feedfile", "080030[.]txt")
    assert take_all(works, *(("CDSS", f"08:0{n // 2}:{n % 2 * 30:02d}", readings(f"08:0{n // 2}:{n % 2 * 30:02d}", "1.1")) for n in range(8))) == [
        "done", "refused", *["done"] * 6,
    ]  # fmt: skip
    row = FeedFile.objects.get(status="refused")
    assert (row.name, "数据库未接受" in row.message, row.message.endswith("。")) == ("", True, True)
    assert Episode.objects.get().readings == 8
    works.care.tick(moment("08:04:00"))
    assert Incident.objects.get().kind == "feed_refused"


def test_episode(works, poison):
    poison("monitor_episode", '"peak": 3[.]')
    got = take_all(
        works,
        ("CDDY", "07:00:00", cddy("07:00:00", {CORNER: "1.00", RETURN: "0.80"})),
        ("CDSS", "08:00:00", readings("08:00:00", "1.10")),
        ("CDSS", "08:00:30", readings("08:00:30", "1.20", "3.00")),
        ("CDSS", "08:01:00", readings("08:01:00", "1.30", "0.10")),
    )
    assert got == ["done", "done", "done", "refused"]
    episode = Episode.objects.get()
    assert (episode.point.native_code, episode.readings) == (CORNER, 3)
    assert LiveRow.objects.get().at == moment("08:01:00")
    assert take_all(works, ("CDSS", "08:01:30", readings("08:01:30", "0.20", "0.10")))[-1] == "done"
    assert Episode.objects.get().ended_at == moment("08:01:30")


def test_declaration(works, poison):
    poison("monitor_declaration", '"cause": "坏"')
    bad = ycbj("08:00:40", CORNER, "08:00:00").replace("探头标校".encode(), "坏".encode())
    good = ycbj("08:00:50", CORNER, "08:00:10")
    assert take_all(works, ("YCBJ", "08:00:40", bad), ("YCBJ", "08:00:50", good)) == ["refused", "done"]
    assert Declaration.objects.get().started_at == moment("08:00:10")


def test_definition(works, poison):
    poison("mine_pointdefinition", '"place_text": "坏"')
    bad = cddy("07:00:00", {CORNER: "1.00"}, places={CORNER: "坏"})
    good = cddy("07:00:30", {CORNER: "1.00", RETURN: "0.80"})
    assert take_all(works, ("CDDY", "07:00:00", bad), ("CDDY", "07:00:30", good)) == ["refused", "done"]
    assert set(Point.objects.values_list("native_code", flat=True)) == {CORNER, RETURN}


def test_point(works, poison):
    poison("mine_point", RETURN)
    body = readings("08:00:00", "1.10", "0.20")
    assert (
        take_all(works, ("CDSS", "08:00:00", body), ("CDSS", "08:00:30", readings("08:00:30", "1.20"))) == ["done"] * 2
    )
    assert Point.objects.get().native_code == CORNER
    assert Episode.objects.get().readings == 2
    works.care.tick(moment("08:06:00"))
    assert Silence.objects.get().point is None


@pytest.mark.parametrize("code", ["22000", "22023", "23514", "21000", "54000"])
def test_live_row_and_what_open_pages_are_told(works, poison, code):
    """22023 is how the database refuses a notice to open pages."""
    make_mine(TWO)
    poison("code", code)
    poison("monitor_liverow", '"highest": 0.77')
    poisoned = cdss("08:00:00", {CORNER.replace(MINE, TWO): ("0.77", 0)}, mine=TWO)
    works.send(TWO, name_of("CDSS", "08:00:00", TWO), poisoned, seconds("08:00:00"))
    works.receive("CDSS", "08:00:00", readings("08:00:00"))
    assert works.statuses() == ["done", "done"]
    assert LiveRow.objects.get().mine.code == MINE


def test_silence(works, poison):
    make_mine(TWO)
    poison("monitor_silence", "00:00:10")
    body = cdss("08:00:10", {CORNER.replace(MINE, TWO): ("0.3", 0)}, mine=TWO)
    works.send(TWO, name_of("CDSS", "08:00:10", TWO), body, seconds("08:00:10"))
    works.receive("CDSS", "08:00:00", readings("08:00:00"))
    works.care.tick(moment("08:06:00"))
    assert Silence.objects.get().mine.code == MINE


def test_a_mine_without_its_book(works):
    """A mine whose rows cannot be read (its file was removed meanwhile)."""
    works.send(TWO, name_of("CDSS", "08:00:00", TWO), cdss("08:00:00", {}, mine=TWO), seconds("08:00:00"))
    works.receive("CDSS", "08:00:30", readings("08:00:30"))
    works.care.tick(moment("08:06:00"))
    assert works.statuses() == ["done"]
    assert Silence.objects.get().mine.code == MINE


def test_a_file_that_ended_the_process_twice_is_set_aside(works, data_folder):
    name = name_of("CDSS", "08:00:00")
    frame = inspect(MINE, name, "identity", readings("08:00:00", "1.10")).frame()
    works.journal.append(**frame, received_at=seconds("08:00:00")).result()
    works.journal.close()
    for deaths in (1, 2):
        (data_folder / "taking").write_bytes((1).to_bytes(8, "little"))  # what a killed process leaves behind
        assert not Taking(data_folder).was_deadly(1) or deaths == 2
    works.start()
    assert works.statuses() == ["refused"]
    assert "两次异常终止" in FeedFile.objects.get().message
    works.receive("CDSS", "08:00:30", readings("08:00:30", "1.20"))
    assert (works.statuses(), Episode.objects.get().readings) == (["refused", "done"], 1)


@pytest.mark.parametrize("content", ["", "[1]", '{"1": null}', '{"x": 2}'])
def test_damaged_counts_of_deaths_begin_anew(data_folder, content):
    (data_folder / "taking.json").write_text(content)
    assert not Taking(data_folder).was_deadly(1)


def test_the_door(door):
    clock.move(moment("08:00:05"))
    name = name_of("CDSS", "08:00:00")
    surrogate = json.dumps(readings("08:00:00").decode()).replace("\\u67d0", "\\ud800").encode()
    bodies = [b'"\\ud800"', b"\xff" * 40, b"[" * 5000, b"~" * 5000 + b"||", surrogate]
    for body in bodies:
        assert door.post(name, body).status_code in {202, 422}
    assert door.post(name, readings("08:00:00", "1.10")).status_code == 202
    assert Episode.objects.get().readings == 1


def test_the_watched_folder(door):
    """Names that are no UTF-8, surrogates in JSON, files that vanish or may not be read: the good ones are taken."""
    clock.move(moment("08:01:05"))
    inbox = door.watcher.inbox / MINE
    inbox.mkdir()
    gbk = "实时数据\\1.txt".encode("gbk")
    (inbox / os.fsdecode(gbk)).write_bytes(readings("08:00:00"))
    (inbox / name_of("CDSS", "08:00:10")).write_bytes(b'"\\ud800"')
    (inbox / name_of("CDSS", "08:00:20")).symlink_to(inbox / "nowhere")
    (inbox / name_of("CDSS", "08:00:25")).mkdir()
    (inbox / name_of("CDSS", "08:00:30")).write_bytes(readings("08:00:30", "1.10"))
    (inbox / name_of("CDSS", "08:01:00")).write_bytes(readings("08:01:00", "1.20"))
    first = door.watcher.next_claims(1)
    (inbox / name_of("CDSS", "08:01:00")).rename(inbox / name_of("CDSS", "08:01:01"))
    door._arrivals = []
    for claim in [*first, *door.watcher.next_claims(64)]:
        door._keep(claim.upload)
        door.watcher.settle(claim, taken=claim.upload.fault is None)
    door._take()
    door.look()
    assert Episode.objects.get().readings == 2
    assert gbk in [os.fsencode(path.name) for path in (inbox / "refused").iterdir()]
    names = set(FeedFile.objects.exclude(status="done").values_list("name", flat=True))
    assert "\\xca\\xb5\\xca\\xb1\\xca\\xfd\\xbe\\xdd\\\\1.txt" in names
