"""Which daily backups stay: seven days all, four weeks one a week, two years one a month."""

from datetime import date, timedelta

from kuangan.backup.retention import kept_of

TODAY = date(2027, 3, 10)


def kept(*days_ago: int) -> list[int]:
    dates = [TODAY - timedelta(days=ago) for ago in days_ago]
    return [ago for ago, stays in zip(days_ago, kept_of(dates, TODAY), strict=True) if stays]


def test_of_three_years_of_days_few_stay_and_each_quarter_of_two_years_has_one():
    stay = kept(*range(1100, -1, -1))
    dates = {TODAY - timedelta(days=ago) for ago in stay}
    assert len(stay) < 7 + 4 + 26
    assert {ago for ago in stay if ago < 7} == set(range(7))
    months = {(on.year, on.month) for on in dates}
    assert {(year, month) for year in (2025, 2026) for month in range(1, 13)} - months <= {(2025, 1), (2025, 2)}
    assert min(dates) > date(2025, 3, 10)


def test_the_edges_of_the_terms():
    assert kept(8, 7, 6, 0) == [6, 0]
    assert kept(27, 26) == [26]


def test_the_newest_stays_however_old_it_is():
    assert kept(2000, 1500) == [1500]
    assert kept() == []


def test_two_of_one_day_are_two_for_a_week():
    assert kept(1, 1) == [1, 1]
    assert len(kept(20, 20)) == 1
