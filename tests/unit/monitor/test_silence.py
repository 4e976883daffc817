import numpy as np

from kuangan.monitor.fold.silence import WHOLE_MINE, SilenceChange, SilenceState, silences, wake_at
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
