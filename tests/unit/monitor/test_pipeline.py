from datetime import date
from decimal import Decimal

import pytest

from kuangan.monitor.feeds import FeedError
from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.types import Limits, PointLimit
from kuangan.monitor.history import HistoryWriter, readings
from kuangan.monitor.ingest.pipeline import Pipeline
from kuangan.monitor.times import day_start
from tests.unit.monitor.feed_text import AT, DOOR, GAS, MINE, cdss, door, record

TWO = "149999000002"


class ByDay:
    """1.0 until the end of January 2026, 0.5 from February on; methane only."""

    def __init__(self):
        self.asked = []

    def limits(self, mine, points, on):
        self.asked.append((mine, len(points), on))
        alarm = Decimal("1.0") if on < date(2026, 2, 1) else Decimal("0.5")
        return Limits.of([PointLimit(alarm) if point.unit == "%CH4" else None for point in points])


@pytest.fixture
def source():
    return ByDay()


@pytest.fixture
def pipeline(tmp_path, source):
    return Pipeline(source, HistoryWriter(tmp_path))


def take(pipeline, data, mine=MINE, **more):
    return pipeline.take(mine, data, received_at=AT + 10, **more)


def test_a_file_becomes_episodes_live_values_and_history(pipeline, tmp_path):
    outcome = take(pipeline, cdss(record(value="1.20"), door()), seq=5)
    assert [(e.point, e.started_at, e.peak) for e in outcome.episodes] == [(0, AT, 1_200_000)]
    assert (outcome.type, outcome.records, outcome.readings, outcome.bad) == ("CDSS", 2, 2, ())
    assert [text.code for text in outcome.described] == [text.code for text in pipeline.points(MINE)]
    live = pipeline.live(MINE)
    assert (live.codes[0], live.time.tolist(), live.value.tolist(), live.decimals.tolist()) == (
        GAS,
        [AT, AT],
        [1_200_000, 0],
        [2, 0],
    )
    seq, _, _ = pipeline.checkpoint(MINE)
    assert seq == 5
    assert readings(tmp_path, MINE, GAS, AT, AT + 1).value.tolist() == [1_200_000]


def test_an_older_file_goes_to_history_but_never_overwrites_the_newer_value(pipeline, tmp_path):
    take(pipeline, cdss(record(value="0.50")))
    assert take(pipeline, cdss(record(value="0.40", at=AT - 60), at=AT - 58)).late == 1
    take(pipeline, cdss(record(value="0.45"), record(value="0.30", at=AT - 30)))
    assert pipeline.live(MINE).value.tolist() == [450_000]
    pipeline.checkpoint(MINE)
    assert readings(tmp_path, MINE, GAS, AT - 100, AT).value.tolist() == [400_000, 300_000]


def test_each_reading_is_judged_by_the_set_points_of_its_own_day(pipeline, source):
    midnight = day_start(date(2026, 2, 1))
    data = cdss(record(value="0.7", at=midnight - 1), record(value="0.7", at=midnight), at=midnight)
    outcome = pipeline.take(MINE, data, received_at=midnight)
    assert [e.started_at for e in outcome.episodes] == [midnight]
    assert source.asked == [(MINE, 1, date(2026, 1, 31)), (MINE, 1, date(2026, 2, 1))]


def test_limits_are_asked_again_for_new_points_and_when_told(pipeline, source):
    take(pipeline, cdss(record()))
    take(pipeline, cdss(record()))
    take(pipeline, cdss(record(), door()))
    assert [asked[1] for asked in source.asked] == [1, 2]
    pipeline.forget_limits(MINE)
    take(pipeline, cdss(record()))
    assert len(source.asked) == 3


def test_a_file_from_the_future_is_quarantined_and_changes_nothing(pipeline):
    with pytest.raises(FeedError) as refused:
        pipeline.take(MINE, cdss(record(), at=AT + 611), received_at=AT + 10)
    assert refused.value.kind == "future_dated"
    assert len(pipeline.points(MINE)) == 0
    assert pipeline.take(MINE, cdss(record(), at=AT + 610), received_at=AT + 10).readings == 1


def test_a_file_far_older_than_its_receipt_is_set_apart_and_changes_nothing(pipeline):
    week = 168 * 3600
    with pytest.raises(FeedError) as refused:
        pipeline.take(MINE, cdss(record(), at=AT), received_at=AT + week + 1)
    assert refused.value.kind == "past_dated"
    assert len(pipeline.points(MINE)) == 0
    outcome = pipeline.take(MINE, cdss(record(at=AT - 1), record(DOOR, "0", unit=""), at=AT), received_at=AT + week)
    assert (outcome.readings, outcome.bad[0].record) == (1, 1)


def test_a_file_adds_2000_points_a_day_3000_and_a_mine_6000(pipeline):
    def points(first, count):
        return cdss(*(record(f"{MINE}01MN0001{n:08d}") for n in range(first, first + count)))

    first = take(pipeline, points(0, 2001))
    assert (first.readings, len(first.bad), first.bad[0].spoils) == (2000, 1, False)
    assert take(pipeline, points(2000, 1500)).readings == 1000
    assert take(pipeline, points(0, 2000)).readings == 2000
    day = 86_400
    for number in (1, 2):
        pipeline.take(MINE, points(3000 * number, 2000), received_at=AT + number * day)
    assert len(pipeline.points(MINE)) == 6000


def test_a_single_record_from_the_future_is_reported_and_left_out(pipeline):
    codes = [DOOR, *(f"{MINE}01MN00010000000{n}" for n in range(3))]
    data = cdss(
        record(codes[0], "断", unit=""),
        "x",
        record(codes[1], at=AT + 9999),
        *(record(c) for c in codes[2:]),
        record(codes[0], "坏", unit="", at=AT - 30),
    )
    outcome = take(pipeline, data)
    assert [bad.record for bad in outcome.bad] == [2, 3]
    assert outcome.readings == 4
    assert [text for _, text in outcome.texts] == ["断", "坏"]
    assert pipeline.live(MINE).value.tolist()[0] == NO_VALUE


def test_mines_are_apart_and_a_file_of_another_mine_is_refused(pipeline):
    take(pipeline, cdss(record(value="1.5")))
    assert take(pipeline, cdss(record(value="0.1"), mine=TWO), mine=TWO).episodes == ()
    with pytest.raises(FeedError) as refused:
        take(pipeline, cdss(record(), mine=TWO))
    assert refused.value.kind == "mine_mismatch"
    assert take(pipeline, cdss(record(at=AT + 1), mine=TWO), mine_codes={MINE, TWO}).readings == 1


def test_a_restored_pipeline_goes_on_as_if_nothing_had_happened(pipeline, source):
    take(pipeline, cdss(record(value="1.5"), door()), seq=1)
    pipeline.silence(MINE, AT + 500, 120)
    other = Pipeline(source)
    assert other.restore(MINE, pipeline.checkpoint(MINE)[1]) == 1
    data = cdss(record(value="0.5", at=AT + 30), door(at=AT + 30), at=AT + 32)
    first, second = (p.take(MINE, data, received_at=AT + 40, seq=2) for p in (pipeline, other))
    assert first == second
    assert len(first.episodes) == 1
    assert pipeline.silence(MINE, AT + 40, 120) == other.silence(MINE, AT + 40, 120) != []
    assert pipeline.settle(MINE, AT + 9999) == other.settle(MINE, AT + 9999) != []
    assert pipeline.snapshot(MINE) == other.snapshot(MINE)


def test_a_replay_after_a_restart_gives_the_same_episodes_under_the_same_keys(pipeline, source):
    files = [
        cdss(record(value=value, at=AT + 30 * n), at=AT + 30 * n)
        for n, value in enumerate(["0.5", "1.1", "1.3", "0.4"])
    ]
    snapshot = pipeline.snapshot(MINE)
    first = [pipeline.take(MINE, data, received_at=AT + 200, seq=n).episodes for n, data in enumerate(files)]
    pipeline.restore(MINE, snapshot)
    assert [pipeline.take(MINE, data, received_at=AT + 200, seq=n).episodes for n, data in enumerate(files)] == first


def test_definitions_and_declarations_pass_through(pipeline):
    declared = f"{MINE};示例煤矿;2026-01-05 08:00:30~{GAS};环境瓦斯;上隅角;%CH4;001;2026-01-05 08:00:28;;1.1;;;;;;;;;2026-01-05 08:00:30~||"
    outcome = take(pipeline, declared.encode())
    assert (outcome.type, outcome.declared.alarms[0].code, outcome.definitions) == ("YCBJ", GAS, None)
