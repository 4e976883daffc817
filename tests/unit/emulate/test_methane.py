"""The gas behaves like the real longwall it was fitted to, and the same seed gives the same gas."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from kuangan.emulate.plan.methane import FACE, RETURN, Behaviour, Gas, read, under_ceiling
from kuangan.emulate.sensors.shifts import Cutting, shift_of

START = datetime(2026, 1, 4, 16, 0, tzinfo=UTC)
REAL = Path(__file__).parents[4] / "shared" / "data" / "methane" / "longwall.csv"


def real_columns() -> dict[str, np.ndarray]:
    if not REAL.exists():
        pytest.skip(f"the real longwall series is not beside this checkout ({REAL.name})")
    with REAL.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: np.array([float(row[name]) for row in rows]) for name in ("MM31", "MM116", "PD")}


def driven_by(flags: np.ndarray, behaviour: Behaviour, level: float, seeds: int) -> np.ndarray:
    """One series for each seed over the given flags, as rows."""
    gas = Gas([behaviour] * seeds, np.full(seeds, level), np.full(seeds, np.inf), np.random.default_rng(7))
    return np.array([gas.advance(np.full(seeds, flag), 30.0) for flag in flags]).T


def lag_one(series: np.ndarray) -> float:
    return float(np.corrcoef(series[1:], series[:-1])[0, 1])


@pytest.mark.parametrize(("column", "behaviour"), [("MM31", FACE), ("MM116", RETURN)])
def test_statistics_of_the_real_longwall_are_met(column: str, behaviour: Behaviour) -> None:
    real = real_columns()
    measured, winning = real[column], real["PD"] == 1
    made = driven_by(real["PD"], behaviour, float(measured.mean()), seeds=24)

    assert made.mean() == pytest.approx(measured.mean(), rel=0.08)
    assert np.mean(made.std(axis=1)) == pytest.approx(measured.std(), rel=0.2)
    contrast = measured[winning].mean() - measured[~winning].mean()
    assert made[:, winning].mean() - made[:, ~winning].mean() == pytest.approx(contrast, rel=0.25)
    assert np.mean([lag_one(row) for row in made]) == pytest.approx(lag_one(measured), abs=0.015)


def test_coal_is_won_about_as_often_as_at_the_real_longwall() -> None:
    cutting = Cutting("early", np.random.default_rng(3))
    moments = [START + timedelta(seconds=30 * step) for step in range(5 * 2880)]
    shares = np.array([cutting.share(at, at + timedelta(seconds=30)) for at in moments])

    assert 0.25 < shares.mean() < 0.45
    early = np.array([shift_of(at + timedelta(seconds=15)) == "early" for at in moments])
    assert shares[early].max() == 0.0
    assert shares[~early].mean() > 0.4


def test_the_same_seed_gives_the_same_gas_and_another_seed_another() -> None:
    flags = np.tile([0.0, 1.0, 1.0], 40)
    series = [
        Gas([FACE], np.array([0.4]), np.array([np.inf]), np.random.default_rng(seed)).advance(flags[:1], 30.0)[0]
        for seed in (1, 1, 2)
    ]
    assert series[0] == series[1] != series[2]


def test_ordinary_gas_stays_below_its_ceiling() -> None:
    values = np.array([0.1, 0.5, 0.9, 1.5, 40.0])
    bent = under_ceiling(values, np.full(5, 0.95))
    assert bent[0] == 0.1
    assert bent[1] == 0.5
    assert (np.diff(bent) >= 0).all()
    assert bent[-1] <= 0.95


def test_rising_pressure_lowers_the_gas() -> None:
    high, low = (
        Gas([RETURN], np.array([0.8]), np.array([np.inf]), np.random.default_rng(5)).advance(np.zeros(1), 30.0, hpa)[0]
        for hpa in (5.0, -5.0)
    )
    assert high < low


def test_instruments_read_whole_steps() -> None:
    assert read(np.array([0.994, 0.995, 0.0, 0.3049])).tolist() == pytest.approx([0.99, 1.0, 0.0, 0.30])
