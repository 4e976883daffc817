from datetime import date, timedelta

import pytest

from kuangan.base.period import KINDS, next_period, parse_period, period_of, periods_between, previous_period


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "key", "label"),
    [
        (
            "week",
            date(2027, 1, 1),
            date(2026, 12, 28),
            date(2027, 1, 3),
            "2026-W53",
            "2026年第53周（12月28日至01月03日）",
        ),
        ("ten_days", date(2026, 2, 28), date(2026, 2, 21), date(2026, 2, 28), "2026-02-3", "2026年2月下旬"),
        ("ten_days", date(2026, 3, 31), date(2026, 3, 21), date(2026, 3, 31), "2026-03-3", "2026年3月下旬"),
        ("ten_days", date(2026, 3, 10), date(2026, 3, 1), date(2026, 3, 10), "2026-03-1", "2026年3月上旬"),
        ("month", date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29), "2024-02", "2024年2月"),
        ("two_months", date(2026, 3, 1), date(2026, 3, 1), date(2026, 4, 30), "2026-B2", "2026年3至4月"),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31), "2026-Q4", "2026年第4季度"),
        ("half_year", date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31), "2026-H2", "2026年下半年"),
        ("year", date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31), "2026", "2026年"),
        ("two_years", date(2023, 5, 1), date(2022, 1, 1), date(2023, 12, 31), "2022-2023", "2022至2023年"),
        ("three_years", date(2026, 5, 1), date(2024, 1, 1), date(2026, 12, 31), "2024-2026", "2024至2026年"),
    ],
)
def test_a_period_has_its_days_key_and_name(kind, day, first, last, key, label):
    period = period_of(kind, day)
    assert (period.first, period.last, period.key, period.label) == (first, last, key, label)
    assert parse_period(key) == period


@pytest.mark.parametrize("kind", KINDS)
def test_periods_of_a_kind_follow_each_other_without_gap(kind):
    period = period_of(kind, date(2023, 12, 30))
    for _ in range(40):
        following = next_period(period)
        assert following.first == period.last + timedelta(days=1)
        assert previous_period(following) == period
        period = following


def test_periods_between_takes_every_period_that_shares_a_day():
    keys = [period.key for period in periods_between("month", date(2026, 1, 31), date(2026, 3, 1))]
    assert keys == ["2026-01", "2026-02", "2026-03"]


@pytest.mark.parametrize(
    "key", ["", "26", "2026-13", "2026-Q5", "2026-H3", "2026-W54", "2026-02-4", "2024-2029", "2026-B7"]
)
def test_what_is_no_key_is_refused(key):
    with pytest.raises(ValueError, match="not a period"):
        parse_period(key)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no period 'fortnight'"):
        period_of("fortnight", date(2026, 1, 1))
