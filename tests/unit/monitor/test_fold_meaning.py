"""What counts as an episode, spelled out on both folds with every boundary."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest

from kuangan.monitor.fixed import NO_VALUE, to_units
from kuangan.monitor.fold import fast, reference
from kuangan.monitor.fold.types import Batch, EpisodeChange, Limits, PointLimit

HIGH = Limits.of([PointLimit(Decimal("1.0"), Decimal("1.5"), Decimal("1.0"))])
T = 1_767_571_200


@dataclass
class Mine:
    """One point, told readings as (seconds after T, value[, status])."""

    module: object
    state: object
    limits: Limits = HIGH

    def take(self, *readings):
        rows = [
            (0, T + at, NO_VALUE if value is None else to_units(value), *(status or [0]))
            for at, value, *status in readings
        ]
        kinds = (np.int32, np.int64, np.int64, np.int32)
        batch = Batch(*(np.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)))
        return self.module.step(self.state, batch, self.limits)

    def episodes(self, *readings):
        return [shown(change) for change in self.take(*readings).episodes]

    def settle(self, at):
        return [shown(change) for change in self.module.settle(self.state, T + at).episodes]


def shown(change: EpisodeChange):
    """(start, end, final, peak, readings) and marks, relative to T."""
    marks = [name for name in ("uncertain", "withdrawn") if getattr(change, name)]
    end = None if change.ended_at is None else change.ended_at - T
    return (
        change.started_at - T, end, change.final, change.peak / 10**6, change.readings,
        *([change.proposed] if change.proposed else []), *marks,
    )  # fmt: skip


@pytest.fixture(params=["reference", "fast"])
def mine(request):
    if request.param == "fast":
        return Mine(fast, fast.FoldState())
    return Mine(reference, reference.ReferenceState())


def test_it_opens_at_the_set_point_and_closes_below_re_power(mine):
    assert mine.episodes((0, "0.99")) == []
    assert mine.episodes((30, "1.00")) == [(30, None, False, 1.0, 1)]
    assert mine.episodes((60, "1.23"), (90, "1.1")) == [(30, None, False, 1.23, 3)]
    (change,) = mine.take((120, "0.99")).episodes
    assert shown(change) == (30, 120, False, 1.23, 3)
    assert (change.peak_at, change.power_off_at, change.excluded) == (T + 60, None, False)


def test_exactly_600_seconds_after_the_first_reading_below_joins_and_one_more_does_not(mine):
    mine.take((0, "1.0"), (30, "0.5"))
    assert mine.episodes((630, "1.0")) == [(0, None, False, 1.0, 2)]
    mine.take((660, "0.5"), (690, "0.9"))
    assert mine.episodes((1261, "1.1")) == [(0, 660, True, 1.0, 2), (1261, None, False, 1.1, 1)]


def test_an_episode_does_not_reach_across_a_gap_without_readings(mine):
    mine.take((0, "1.0"), (30, "1.2"))
    assert mine.episodes((7230, "1.1")) == [(0, None, False, 1.2, 3)]
    assert mine.episodes((14431, "1.9")) == [(0, 7230, True, 1.2, 3), (14431, None, False, 1.9, 1)]


def test_a_reading_long_before_leaves_a_later_episode_untouched(mine):
    mine.take((100_000, "1.6"))
    assert mine.episodes((0, "1.9")) == [(0, 0, True, 1.9, 1)]


def test_it_is_final_only_when_the_grace_is_over(mine):
    mine.take((0, "1.0"), (30, "0.5"))
    assert mine.episodes((630, "0.5")) == []
    assert mine.episodes((631, "0.5")) == [(0, 30, True, 1.0, 1)]


def test_a_short_silence_never_closes_but_lets_a_closed_one_become_final(mine):
    mine.take((0, "1.0"))
    assert mine.settle(7_000) == []
    assert mine.episodes((7_030, "1.2")) == [(0, None, False, 1.2, 2)]
    mine.take((7_060, "0.2"))
    assert mine.settle(7_660) == []
    assert mine.settle(7_661) == [(0, 7_060, True, 1.2, 2)]
    assert mine.episodes((7_600, "1.5")) == [(0, None, False, 1.5, 3)], "a late rise within the grace re-opens it"


def test_between_re_power_and_alarm_it_stays_open(mine):
    mine.limits = Limits.of([PointLimit(Decimal("1.0"), Decimal("1.5"), Decimal("0.8"))])
    assert mine.episodes((0, "1.0"), (30, "0.8"), (60, "0.9")) == [(0, None, False, 1.0, 3)]
    assert mine.episodes((90, "0.79")) == [(0, 90, False, 1.0, 3)]


def test_without_a_re_power_limit_it_closes_below_the_alarm(mine):
    mine.limits = Limits.of([PointLimit(Decimal("0.75"))])
    assert mine.episodes((0, "0.75"), (30, "0.749999")) == [(0, 30, False, 0.75, 1)]


def test_a_strict_set_point_is_reached_only_above(mine):
    mine.limits = Limits.of([PointLimit(Decimal("1.0"), Decimal("1.5"), Decimal("1.0"), strict=True)])
    assert mine.episodes((0, "1.00")) == []
    (change,) = mine.take((30, "1.01"), (60, "1.50"), (90, "1.51"), (120, "1.00")).episodes
    assert shown(change) == (30, None, False, 1.51, 4), "1.00 is not below 1.00"
    assert change.power_off_at == T + 90


def test_power_off_is_the_first_reading_that_reaches_it(mine):
    (change,) = mine.take((0, "1.2"), (30, "1.5"), (60, "1.6")).episodes
    assert change.power_off_at == T + 30


@pytest.mark.parametrize("status", [16, 32, 64, 128, 1 | 2 | 16])
def test_excluded_states_neither_open_nor_close_nor_count(mine, status):
    assert mine.episodes((0, "2.0", status)) == []
    mine.take((30, "1.0"))
    assert mine.episodes((60, "3.0", status), (90, "0.1", status)) == []
    assert mine.episodes((120, "1.1")) == [(30, None, False, 1.1, 2)]


def test_gas_beyond_the_sensors_range_counts(mine):
    assert mine.episodes((0, "4.0", 8 | 1)) == [(0, None, False, 4.0, 1)]


def test_alarm_and_power_cut_bits_are_no_exclusion(mine):
    assert mine.episodes((0, "1.0", 3)) == [(0, None, False, 1.0, 1)]


def test_a_reading_without_value_says_nothing(mine):
    mine.take((0, "1.0"))
    assert mine.episodes((30, None)) == []


def test_an_unknown_code_is_judged_and_marked(mine):
    assert mine.episodes((0, "1.0", 256)) == [(0, None, False, 1.0, 1, "uncertain")]


def test_calibration_is_proposed_apart_and_ends_with_it(mine):
    assert mine.episodes((0, "2.0", 4)) == [(0, None, False, 2.0, 1, "calibration")]
    assert mine.episodes((30, "1.9", 4), (60, "0.4")) == [(0, 60, False, 2.0, 2, "calibration")]


def test_real_gas_after_a_calibration_opens_its_own_episode(mine):
    mine.take((0, "2.0", 4))
    assert mine.episodes((30, "1.2")) == [(0, 30, False, 2.0, 1, "calibration"), (30, None, False, 1.2, 1)]


def test_a_late_reading_is_judged_in_its_own_time(mine):
    assert mine.episodes((0, "0.5"), (600, "0.5")) == []
    changes = mine.take((300, "1.2"))
    assert [shown(change) for change in changes.episodes] == [(300, 600, False, 1.2, 1)]
    assert changes.late == 1


def test_a_late_reading_withdraws_what_it_shows_to_be_otherwise(mine):
    mine.take((60, "1.1"), (90, "0.5"))
    assert mine.episodes((30, "1.3")) == [(30, 90, False, 1.3, 2), (60, 90, False, 1.1, 1, "withdrawn")]
    mine.take((800, "1.0"))
    assert mine.episodes((600, "1.0")) == [(30, None, False, 1.3, 4), (800, None, False, 1.0, 1, "withdrawn")]


def test_the_same_file_twice_changes_nothing(mine):
    readings = [(0, "1.0"), (30, "1.2"), (60, "0.5"), (900, "1.0")]
    mine.take(*readings)
    again = mine.take(*readings)
    assert (again.episodes, again.duplicates) == ([], 4)


def test_of_two_readings_in_one_second_the_stricter_stays(mine):
    assert mine.episodes((0, "0.4"), (0, "1.4"), (0, "0.6"), (0, "3.0", 16)) == [(0, None, False, 1.4, 1)]


def test_what_is_older_than_the_window_is_flagged(mine):
    state = fast.FoldState(window=3) if mine.module is fast else reference.ReferenceState(window=3)
    small = Mine(mine.module, state)
    small.take((0, "0.1"), (30, "0.1"), (60, "0.1"), (90, "0.1"), (120, "0.1"))
    changes = small.take((30, "2.0"), (29, "2.0"), (45, "1.1"))
    assert changes.late_unjudged.tolist() == [0, 1]
    assert [shown(change) for change in changes.episodes] == [(45, 60, False, 1.1, 1)]


def test_points_do_not_disturb_each_other_and_points_without_set_points_never_alarm():
    state, gas = fast.FoldState(), PointLimit(Decimal("1.0"))
    limits = Limits.of([gas, None, gas])
    points = np.array([2, 1, 0, 2, 1, 0], np.int32)
    values = np.array([to_units(v) for v in ("1.0", "9", "0.1", "1.1", "9", "1.0")], np.int64)
    times = np.array([T, T, T, T + 30, T + 30, T + 30], np.int64)
    changes = fast.step(state, Batch(points, times, values, np.zeros(6, np.int32)), limits)
    assert [(c.point, c.readings) for c in changes.episodes] == [(0, 1), (2, 2)]


def test_a_stored_state_of_another_version_is_refused(monkeypatch):
    stored = fast.FoldState().to_bytes()
    monkeypatch.setattr(fast, "VERSION", fast.VERSION + 1)
    with pytest.raises(ValueError, match="replay instead"):
        fast.FoldState.from_bytes(stored)
