"""The real longwall series, fed as CDSS text, counts as an independent brute-force count does."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from kuangan.monitor.fixed import to_units
from kuangan.monitor.fold.types import Limits, PointLimit
from kuangan.monitor.ingest.pipeline import Pipeline
from tests.unit.monitor.feed_text import GAS, MINE, cdss, record

SERIES = Path(__file__).resolve().parents[4] / "shared" / "data" / "methane" / "longwall.csv"
START = 1_767_571_200


class CoalFaceReturn:
    """工作面回风巷: alarm and power-off at 1.0 or more, re-power below 1.0."""

    def limits(self, mine, points, on):
        return Limits.of([PointLimit(Decimal("1.0"), Decimal("1.0"), Decimal("1.0"))] * len(points))


@pytest.fixture(scope="module")
def series():
    if not SERIES.exists():
        pytest.skip(f"the real series is not on this machine ({SERIES.name} beside the project in shared/data/methane)")
    with SERIES.open() as file:
        return [(int(float(row["t_s"])), row["MM116"]) for row in csv.DictReader(file)]


def brute_force(series):
    """Runs of readings at or above 1.0, joined when the next begins at most 600 s after the first one below."""
    values = [(t, Decimal(v)) for t, v in series]
    runs, run = [], []
    for t, v in [*values, (None, Decimal(0))]:
        if v >= 1:
            run.append((t, v))
        elif run:
            runs.append((run, t))
            run = []
    groups = []
    for run, below in runs:
        if groups and run[0][0] - groups[-1][-1][1] <= 600:
            groups[-1].append((run, below))
        else:
            groups.append([(run, below)])
    return [
        (g[0][0][0][0], g[-1][1], max(v for run, _ in g for _, v in run), sum(len(run) for run, _ in g)) for g in groups
    ]


def test_the_series_reaches_the_boundary_itself(series):
    assert any(Decimal(value) == 1 for _, value in series)


@pytest.mark.parametrize("records_a_file", [7, 500])
def test_episodes_equal_the_brute_force_count(series, records_a_file):
    pipeline, rows = Pipeline(CoalFaceReturn(), window=128), {}
    for first in range(0, len(series), records_a_file):
        chunk = series[first : first + records_a_file]
        data = cdss(*(record(GAS, value, at=START + t) for t, value in chunk), at=START + chunk[-1][0])
        for change in pipeline.take(MINE, data, received_at=START + chunk[-1][0]).episodes:
            assert not change.withdrawn
            rows[change.started_at] = change
    found = [
        (c.started_at - START, c.ended_at and c.ended_at - START, c.peak, c.readings) for _, c in sorted(rows.items())
    ]
    assert found == [(start, end, to_units(peak), n) for start, end, peak, n in brute_force(series)]
    assert len(found) > 3
