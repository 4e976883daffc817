import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from kuangan.base import clock
from kuangan.base.files import UnreadableFile


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


REAL_WORK = "import sys; from kuangan.base import clock; print(clock.now().year, clock.is_movable())"


def asked(folder, **variables):
    """What a process says that did not move the clock itself."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KUANGAN_")}
    environ |= {"KUANGAN_DATA": str(folder)} | variables
    told = subprocess.run([sys.executable, "-c", REAL_WORK], env=environ, capture_output=True, text=True, check=True)
    return told.stdout.split()


def test_a_clock_file_in_a_folder_of_real_work_moves_nothing(tmp_path):
    clock.move(datetime(2099, 3, 1, tzinfo=UTC))
    this_year = str(clock.wall_now().year)
    assert asked(tmp_path) == [this_year, "False"]
    (tmp_path / "demo.json").write_text("{}")
    assert asked(tmp_path) == ["2099", "True"]
    assert asked(tmp_path, KUANGAN_DEMO="0") == [this_year, "False"]
    (tmp_path / "demo.json").unlink()
    assert asked(tmp_path, KUANGAN_TEST_CLOCK="1") == ["2099", "True"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"wall": 1, "moved": "x", "rate": 1}'])
def test_a_damaged_clock_file_is_said_with_the_remedy(tmp_path, content):
    clock.clock_file().write_text(content)
    with pytest.raises(UnreadableFile, match=r"clock\.json .*请删除该文件"):
        clock.now()
