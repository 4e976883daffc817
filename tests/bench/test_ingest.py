"""The bar of the sensor path. Needs two idle cores: `pytest -m bench tests/bench`."""

import pytest

from kuangan.bench import _sensors


@pytest.mark.bench
def test_a_million_readings_a_second_at_less_than_a_byte_each():
    runs = [_sensors.run(3, mines=20) for _ in range(3)]
    assert max(run["best_round_readings_per_s"] for run in runs) >= 1_000_000, runs
    assert max(run["bytes_per_reading"] for run in runs) <= 0.6
