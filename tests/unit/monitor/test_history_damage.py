"""What a damaged history file does: it never gives other readings."""

import random

import numpy as np
import pytest

from kuangan.monitor.fold.types import COUNTED
from kuangan.monitor.history import DamagedFile, HistoryWriter, compact, readings, summaries
from kuangan.monitor.history.layout import content, describe, reading_files, summary_files
from kuangan.monitor.history.numbers import packed_numbers, unpacked_numbers
from tests.unit.monitor.test_history import CODES, DAY, MINE, NOON, reading, rows

FLIPS = 600


def filled(root, files=20):
    writer = HistoryWriter(root)
    for seq in range(files):
        writer.add(MINE, seq + 1, CODES, rows(*(reading(p, NOON + 30 * seq, f"0.{seq % 10}{p}") for p in range(2))))
    return writer.flush(MINE)


def series(root):
    found = readings(root, MINE, "点甲", NOON - 3600, NOON + 7200)
    return found.time.tolist(), found.value.tolist(), found.status.tolist(), found.flags.tolist(), found.damaged


@pytest.mark.parametrize("compacted", [False, True])
def test_no_single_flipped_bit_gives_other_readings(tmp_path, compacted):
    filled(tmp_path)
    if compacted:
        compact(tmp_path, MINE, DAY)
    (path,) = reading_files(tmp_path / MINE / DAY.isoformat())
    whole, dice = path.read_bytes(), random.Random(8)
    before = series(tmp_path)
    for _ in range(FLIPS):
        raw = bytearray(whole)
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        path.write_bytes(raw)
        assert series(tmp_path) == ([], [], [], [], (path,))
    path.write_bytes(whole)
    assert series(tmp_path) == before


def test_pages_of_a_file_bear_checksums_that_other_programs_look_at(tmp_path):
    (part,) = filled(tmp_path)
    raw, noticed = part.path.read_bytes(), 0
    import pyarrow as pa
    import pyarrow.parquet as pq

    start = pq.read_metadata(pa.BufferReader(raw)).row_group(0).column(1)
    for at in range(start.data_page_offset + 40, start.data_page_offset + start.total_compressed_size):
        flipped = bytearray(raw)
        flipped[at] ^= 1
        try:
            pq.read_table(pa.BufferReader(bytes(flipped)), page_checksum_verification=True)
        except OSError:
            noticed += 1
    assert noticed > 0


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_a_cut_file_leaves_the_other_files_of_the_day_readable(tmp_path, length):
    (first,) = filled(tmp_path)
    writer = HistoryWriter(tmp_path)
    writer.add(MINE, 99, CODES, rows(reading(0, NOON + 3600, "0.5")))
    writer.flush(MINE)
    first.path.write_bytes(first.path.read_bytes()[:length])
    assert series(tmp_path)[0] == [NOON + 3600]
    assert series(tmp_path)[4] == (first.path,)
    with pytest.raises(DamagedFile):
        compact(tmp_path, MINE, DAY)
    assert first.path.exists()


def test_a_damaged_summary_is_left_out_and_made_again_by_the_next_compaction(tmp_path):
    filled(tmp_path)
    compact(tmp_path, MINE, DAY)
    before = summaries(tmp_path, MINE, DAY, DAY)
    (path,) = summary_files(tmp_path / MINE / DAY.isoformat())
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    assert summaries(tmp_path, MINE, DAY, DAY) == []
    compact(tmp_path, MINE, DAY)
    assert summaries(tmp_path, MINE, DAY, DAY) == before != []


def test_a_file_says_itself_which_journal_files_it_holds(tmp_path):
    (part,) = filled(tmp_path)
    assert describe(part.path, MINE, DAY) == part
    assert unpacked_numbers(part.numbers).tolist() == list(range(1, 21))
    (day,) = compact(tmp_path, MINE, DAY)
    assert unpacked_numbers(day.numbers).tolist() == list(range(1, 21))
    assert (day.name.first_seq, day.name.last_seq) == (1, 20)


def test_numbers_are_few_bytes_and_exact():
    numbers = [7 + 110 * step for step in range(2880)] + [1 << 60]
    assert unpacked_numbers(packed_numbers(numbers)).tolist() == numbers
    assert len(packed_numbers(numbers)) < 200
    assert unpacked_numbers(packed_numbers([])).tolist() == []


def test_files_of_an_earlier_release_are_read_and_written_anew_by_compaction(tmp_path):
    (part,) = filled(tmp_path)
    before = series(tmp_path)
    old = part.path.with_name(f"part-{1:020d}-{20:020d}.parquet")
    part.path.rename(old)
    assert series(tmp_path) == before
    (day,) = compact(tmp_path, MINE, DAY, unnamed="ab" * 4)
    assert not old.exists()
    assert day.name.journal == "ab" * 4
    assert content(day.path)
    assert series(tmp_path) == before


def test_readings_of_two_journals_on_one_day_stay_apart_and_are_read_together(tmp_path):
    filled(tmp_path)
    writer = HistoryWriter(tmp_path, "12345678")
    writer.add(MINE, 1, CODES, rows(reading(0, NOON + 3600, "0.5", flags=COUNTED)))
    writer.flush(MINE)
    compact(tmp_path, MINE, DAY)
    assert len(reading_files(tmp_path / MINE / DAY.isoformat())) == 2
    assert len(np.unique(series(tmp_path)[0])) == 21
