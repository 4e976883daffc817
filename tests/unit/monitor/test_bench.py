from kuangan.bench._sensor_feed import bench_mine, next_file
from kuangan.bench._sensors import run
from kuangan.monitor.feeds import PointRegistry, parse_cdss
from tests.unit.monitor.feed_text import AT


def test_the_bench_feeds_clean_text_of_its_own():
    mine = bench_mine(3, 40)
    found = parse_cdss(next_file(mine, AT), PointRegistry(), {mine.code})
    assert (len(found.point), found.bad, found.notes) == (40, (), ())
    assert {text.unit for text in found.described} == {"%CH4", "ppm", "℃", "m/s", ""}


def test_a_small_measurement_tells_what_it_measured(tmp_path):
    found = run(0.01, mines=3, points=20, root=tmp_path)
    assert found["readings"] >= 3 * 20 * 10
    assert found["readings_per_s"] > 0
    assert 0 < found["bytes_per_reading"] < 2
    assert len(list((tmp_path / "history").glob("*/*/*.parquet"))) >= 3
