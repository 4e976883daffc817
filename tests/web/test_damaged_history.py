"""A page of readings shows what can be read and says what is missing; it never fails."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from kuangan.monitor.fold.types import COUNTED
from kuangan.monitor.history import HistoryWriter, Readings
from kuangan.monitor.history.numbers import packed_numbers
from kuangan.monitor.models import FeedFile, FileStatus, HistoryPart

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def parts(world, settings):
    """Two history files of one hour of the point."""
    writer, written = HistoryWriter(settings.DATA.root / "history"), []
    for half in range(2):
        times = np.array([int((AT - timedelta(minutes=50 - 20 * half)).timestamp())], np.int64)
        kinds = (np.array([300_000]), np.array([2], np.uint8), np.zeros(1, np.int32), np.array([COUNTED], np.uint8))
        writer.add(
            world.point.mine.code, half + 1, [world.point.native_code], Readings(np.zeros(1, np.int32), times, *kinds)
        )
        written += writer.flush(world.point.mine.code)
    return [part.path for part in written]


def answer_of(world, as_user):
    at = int(AT.timestamp() * 1000)
    answer = as_user("county_officer").get(reverse("point_history", args=[world.point.pk]), {"hours": 2, "at": at})
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("harm", ["cut", "flipped", "emptied"])
def test_a_damaged_file_leaves_the_rest_on_the_page_and_is_named(world, as_user, parts, harm):
    assert len(answer_of(world, as_user)["rows"]) == 2
    raw = bytearray(parts[0].read_bytes())
    raw[100] ^= 1
    parts[0].write_bytes({"cut": parts[0].read_bytes()[:-50], "flipped": bytes(raw), "emptied": b""}[harm])
    answer = answer_of(world, as_user)
    assert len(answer["rows"]) == 1
    assert "2026-03-10 有历史数据文件损坏，部分读数未显示" in answer["note"]


def test_lost_files_are_named_by_their_time(world, as_user, parts):
    mine = world.point.mine
    for seq in (901, 902):
        FeedFile.objects.create(
            mine=mine, type="CDSS", name="x", sha256=f"{seq:064x}", header_at=AT - timedelta(minutes=seq - 890),
            received_at=AT, journal_seq=seq, size=1, records=1, status=FileStatus.lost,
        )  # fmt: skip
    HistoryPart.objects.create(
        mine=mine, day=AT.date(), name="missing-901-902", first_seq=901, last_seq=902, rows=0, size=0,
        numbers=packed_numbers([901, 902]), written_at=AT, lost_at=AT,
    )  # fmt: skip
    answer = answer_of(world, as_user)
    assert "03-10 09:48 至 03-10 09:49 丢失 2 个文件的读数，待煤矿补传" in answer["note"]
    assert len(answer["rows"]) == 2
