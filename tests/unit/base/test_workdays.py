from datetime import date

import pytest

from kuangan.base.workdays import Calendar, MissingYear, YearTable

DAYS_OFF = frozenset({date(2026, 10, day) for day in range(1, 8)})
MAKE_UP = frozenset({date(2026, 9, 27), date(2026, 10, 10)})
CALENDAR = Calendar({2026: YearTable(2026, DAYS_OFF, MAKE_UP)})


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 3), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_holidays_weekends_and_make_up_days(day, worked):
    assert CALENDAR.is_workday(day) is worked


def test_a_year_without_table_raises_and_says_which():
    with pytest.raises(MissingYear, match="2027年"):
        CALENDAR.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize(("count", "day"), [(0, date(2026, 9, 30)), (1, date(2026, 10, 8)), (3, date(2026, 10, 10))])
def test_counting_working_days_starts_on_the_day_after(count, day):
    assert CALENDAR.add_workdays(date(2026, 9, 30), count) == day


def test_rolling_on_leaves_a_working_day_alone():
    assert CALENDAR.roll_on(date(2026, 9, 30)) == date(2026, 9, 30)
    assert CALENDAR.roll_on(date(2026, 10, 1)) == date(2026, 10, 8)
