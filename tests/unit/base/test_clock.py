from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base import clock


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))


def test_without_a_movement_now_is_wall_time():
    assert abs(clock.now() - clock.wall_now()) < timedelta(seconds=1)
    assert clock.rate() == 1.0


def test_a_moved_clock_runs_from_its_moment_at_its_rate():
    clock.move(datetime(2026, 3, 1, tzinfo=UTC), rate=3600)
    first = clock.now()
    assert timedelta(0) <= first - datetime(2026, 3, 1, tzinfo=UTC) < timedelta(hours=1)
    assert clock.rate() == 3600
    clock.release()
    assert abs(clock.now() - clock.wall_now()) < timedelta(seconds=1)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        clock.move(datetime(2026, 3, 1))  # noqa: DTZ001  # that is what is refused


def test_the_civil_day_is_beijings():
    assert clock.civil_date(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert clock.civil_date(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)
    assert clock.beijing_midnight(date(2026, 3, 2)) == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
