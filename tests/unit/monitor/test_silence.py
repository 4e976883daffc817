import numpy as np
import pytest

from kuangan.monitor.fixed import NO_VALUE
from kuangan.monitor.fold.silence import (
    WHOLE_MINE,
    SilenceChange,
    SilenceState,
    hollow_silences,
    silences,
    wake_at,
)
from kuangan.monitor.fold.types import NEVER

T, AFTER = 1_767_571_200, 120


def newest(*offsets):
    return np.array([NEVER if offset is None else T + offset for offset in offsets], np.int64)


def test_the_whole_mine_is_silent_after_the_time_and_not_at_it():
    state = SilenceState()
    assert silences(state, newest(0, -30), T + AFTER, AFTER) == []
    assert wake_at(state, newest(0, -30), AFTER) == T + AFTER + 1
    assert silences(state, newest(0, -30), T + AFTER + 1, AFTER) == [SilenceChange(WHOLE_MINE, T, None)]
    assert silences(state, newest(0, -30), T + 9999, AFTER) == [], "one silence, told once"
    assert wake_at(state, newest(0, -30), AFTER) is None
    assert silences(state, newest(10_000, 10_000), T + 10_002, AFTER) == [SilenceChange(WHOLE_MINE, T, T + 10_000)]


def test_a_feed_that_lags_hours_behind_is_silent_although_files_come():
    assert silences(SilenceState(), newest(0), T + 8 * 3600, AFTER) == [SilenceChange(WHOLE_MINE, T, None)]


def test_one_point_is_silent_when_the_others_go_on():
    state = SilenceState()
    assert silences(state, newest(120, 0), T + 121, AFTER) == []
    assert silences(state, newest(121, 0), T + 122, AFTER) == [SilenceChange(1, T, None)]
    assert silences(state, newest(150, 145), T + 151, AFTER) == [SilenceChange(1, T, T + 145)]


def test_a_silence_that_follows_another_is_a_new_one():
    state = SilenceState()
    silences(state, newest(200, 0), T + 200, AFTER)
    assert silences(state, newest(500, 210), T + 500, AFTER) == [
        SilenceChange(1, T, T + 210),
        SilenceChange(1, T + 210, None),
    ]


def test_points_that_never_sent_or_are_not_watched_are_not_silent():
    state = SilenceState()
    assert silences(state, newest(), T, AFTER) == silences(state, newest(None, None), T, AFTER) == []
    assert wake_at(state, newest(None), AFTER) is None
    assert silences(state, newest(500, None, 0), T + 500, AFTER, np.array([True, True, False])) == []
    assert silences(state, newest(500, None, 0), T + 500, AFTER) == [SilenceChange(2, T, None)]
    assert silences(state, newest(530, None, 0), T + 530, AFTER, np.array([True, True, False])) == [
        SilenceChange(2, T, T + 530)
    ]


def hollow(state, seen, values, statuses, watched=(True, True)):
    columns = newest(*seen), np.array(values, np.int64), np.array(statuses, np.int32)
    return hollow_silences(state, *columns, AFTER, np.array(watched))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(64, "paused"), (128, "fault"), (16, "station"), (32, "station"), (64 | 1, "paused"), (0, "emptied")],
)
def test_a_watched_point_that_sends_what_does_not_count_is_silent_in_its_own_way(status, kind):
    state, value = SilenceState(), NO_VALUE if kind == "emptied" else 3_000_000
    assert hollow(state, (0, 0), (value, 400_000), (status, 0)) == []
    assert hollow(state, (AFTER, AFTER), (value, 400_000), (status, 0)) == []
    assert hollow(state, (AFTER + 1, AFTER), (value, 400_000), (status, 0)) == [SilenceChange(0, T, None, kind)]
    assert hollow(state, (300, 300), (value, 400_000), (status, 0)) == [], "told once"
    assert hollow(state, (330, 330), (900_000, 400_000), (0, 0)) == [SilenceChange(0, T, T + 330, kind)]
    assert state.hollow == {}


def test_a_short_pause_a_calibration_and_what_nobody_watches_are_no_silence():
    state = SilenceState()
    assert hollow(state, (0, 0), (1, 1), (64, 4)) == []
    assert hollow(state, (60, 500), (1, 1), (0, 4)) == []
    assert hollow(state, (200, 500), (1, 1), (64, 64), (False, False)) == []
    assert state.hollow == {}
