from datetime import date, timedelta

import numpy as np
import pytest

from kuangan.monitor.fixed import NO_VALUE, to_units
from kuangan.monitor.fold.types import COUNTED, REACHED
from kuangan.monitor.history import (
    DaySummary,
    HistoryWriter,
    Readings,
    chart,
    compact,
    days,
    expire_history,
    readings,
    summaries,
)
from kuangan.monitor.times import day_start

MINE, DAY = "149999000001", date(2026, 1, 5)
NOON = day_start(DAY) + 12 * 3600
CODES = ["点甲", "点乙"]


def rows(*readings_):
    columns = zip(*readings_, strict=True)
    kinds = (np.int32, np.int64, np.int64, np.uint8, np.int32, np.uint8)
    return Readings(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def reading(point, at, value, decimals=2, status=0, flags=COUNTED):
    return (point, at, NO_VALUE if value is None else to_units(value), decimals, status, flags)


def read(root, code="点甲", start=NOON - 43200, end=NOON + 129_600):
    series = readings(root, MINE, code, start, end)
    return list(zip(series.time.tolist(), series.value.tolist(), series.status.tolist(), strict=True))


@pytest.fixture
def written(tmp_path):
    writer = HistoryWriter(tmp_path)
    writer.add(MINE, 7, CODES, rows(reading(1, NOON, "3"), reading(0, NOON, "0.3", 1), reading(0, NOON - 30, "0.25")))
    writer.add(MINE, 8, CODES, rows(reading(0, NOON + 30, None, 0, 16, 0), reading(0, NOON + 43200, "0.5")))
    assert writer.lowest_seq() == 7
    assert writer.mines() == [MINE]
    parts = writer.flush(MINE)
    assert [part.path.parent.name for part in parts] == ["2026-01-05", "2026-01-06"]
    assert writer.lowest_seq() is None
    return writer


EXPECTED = [
    (NOON - 30, 250_000, 0), (NOON, 300_000, 0), (NOON + 30, NO_VALUE, 16), (NOON + 43200, 500_000, 0)
]  # fmt: skip


def test_readings_come_back_exactly_by_point_and_time(tmp_path, written):
    assert read(tmp_path) == EXPECTED
    assert read(tmp_path, "点乙") == [(NOON, 3_000_000, 0)]
    assert read(tmp_path, "点丙") == []
    assert read(tmp_path, start=NOON, end=NOON + 30) == [EXPECTED[1]]


def test_a_replay_changes_nothing_before_and_after_compaction(tmp_path, written):
    again = rows(reading(0, NOON, "0.3", 1), reading(0, NOON + 30, None, 0, 16, 0))
    for seq in (8, 9):
        written.add(MINE, seq, CODES, again)
        written.flush(MINE)
    assert read(tmp_path) == EXPECTED
    (whole,) = compact(tmp_path, MINE, DAY)
    assert [path for path in whole.path.parent.iterdir() if not path.name.startswith("summary-")] == [whole.path]
    assert read(tmp_path) == EXPECTED
    assert compact(tmp_path, MINE, DAY) == []
    written.add(MINE, 8, CODES, again)
    written.flush(MINE)
    compact(tmp_path, MINE, DAY)
    assert read(tmp_path) == EXPECTED
    assert compact(tmp_path, MINE, DAY + timedelta(days=9)) == []


def test_values_beyond_the_narrow_type_and_fine_steps_stay_exact(tmp_path):
    writer = HistoryWriter(tmp_path)
    values = ["999999999999.123456", "-0.000001", "0", "123456789.12"]
    writer.add(MINE, 1, CODES, rows(*(reading(0, NOON + i, value, 6) for i, value in enumerate(values))))
    writer.flush(MINE)
    writer.add(MINE, 2, CODES, rows(reading(0, NOON + 9, "1", 0)))
    writer.flush(MINE)
    compact(tmp_path, MINE, DAY)
    assert [value for _, value, _ in read(tmp_path)] == [*map(to_units, values), 1_000_000]


def test_the_daily_summary_counts_seconds_and_counted_values_only(tmp_path):
    writer = HistoryWriter(tmp_path)
    over = COUNTED | REACHED
    writer.add(
        MINE, 1, CODES,
        rows(
            reading(0, NOON, "0.90"),
            reading(0, NOON + 30, "1.00", flags=over),
            reading(0, NOON + 60, "1.20", flags=over),
            reading(0, NOON + 360, "0.50"),  # silent for five minutes: the reading before stands for two
            reading(0, NOON + 390, "3.00", status=4, flags=REACHED),
            reading(0, NOON + 450, "0.40"),
            reading(1, day_start(DAY) + 86_390, "7", status=16, flags=0),
        ),
    )  # fmt: skip
    writer.flush(MINE)
    compact(tmp_path, MINE, DAY)
    assert summaries(tmp_path, MINE, DAY, DAY) == [
        DaySummary(DAY, "点乙", 1, 0, 10, None, None, None),
        DaySummary(DAY, "点甲", 6, 150, 60, 400_000, 1_200_000, 800_000),
    ]


def test_a_chart_keeps_every_peak(tmp_path):
    writer = HistoryWriter(tmp_path)
    values = ["0.30"] * 1000
    values[437] = "2.71"
    writer.add(MINE, 1, CODES, rows(*(reading(0, NOON + 30 * i, value) for i, value in enumerate(values))))
    writer.add(MINE, 2, CODES, rows(reading(0, NOON + 30 * 1000, None, 0, 16, 0)))
    writer.flush(MINE)
    drawn = chart(tmp_path, MINE, "点甲", NOON, NOON + 30 * 1001, buckets=50)
    assert len(drawn.time) <= 50
    assert drawn.high.max() == to_units("2.71")
    assert drawn.n.sum() == 1001
    assert drawn.excluded.sum() == 1
    assert set(drawn.low.tolist()) == {300_000}
    assert len(chart(tmp_path, MINE, "点甲", 0, 1000).time) == 0


def test_old_days_are_deleted_whole(tmp_path, written):
    assert expire_history(tmp_path, DAY + timedelta(days=1)) == 1
    assert days(tmp_path, MINE) == [date(2026, 1, 6)]
