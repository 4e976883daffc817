"""Working days, day by day, against an independent table."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from kuangan.base.clock import beijing_midnight
from kuangan.base.workdays import Calendar, MissingYear
from kuangan.law.source import CorpusError
from kuangan.law.time.calendar import Years, read_year, workdays, year_source
from kuangan.law.time.span import days, deadline


@pytest.mark.parametrize("year", sorted(workdays().years))
def test_year_agrees_with_chinesecalendar(year: int):
    day, differing = date(year, 1, 1), []
    while day.year == year:
        try:
            expected = chinese_calendar.is_workday(day)
        except NotImplementedError:
            pytest.skip(f"chinesecalendar does not know {year}")
        if workdays().is_workday(day) != expected:
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_the_years_and_their_sources():
    assert sorted(workdays().years) == [2024, 2025, 2026, 2027]
    assert year_source(2026) == "国务院办公厅关于2026年部分节假日安排的通知"
    assert not workdays().is_provisional(date(2026, 10, 1))


def test_b18_holidays_on_a_weekend_are_given_in_weekdays():
    """2027: 初一、初二, 劳动节 and two days of 国庆节 fall on weekends; the holiday regulation gives weekdays in their place."""
    given = [
        date(2027, 2, 9),
        date(2027, 2, 10),
        date(2027, 5, 3),
        date(2027, 5, 4),
        date(2027, 10, 4),
        date(2027, 10, 5),
    ]
    assert not any(workdays().is_workday(day) for day in given)
    assert workdays().is_workday(date(2027, 2, 11))
    assert workdays().is_provisional(date(2027, 2, 9))


def test_b18_a_deadline_into_a_year_without_table_counts_plain_weeks_and_is_marked():
    years = Years(workdays().years)
    due = deadline(days(20), beijing_midnight(date(2027, 12, 15)), Calendar(years))
    assert due == beijing_midnight(date(2028, 1, 5))
    assert (years.provisional, years.missing) == (True, {2028})


def test_a_missing_year_raises():
    with pytest.raises(MissingYear, match="2031"):
        workdays().is_workday(date(2031, 1, 4))


@pytest.mark.parametrize("day", ["2026-10-03", "2025-10-01"])
def test_a_day_off_must_be_a_weekday_of_the_year(tmp_path, day):
    file = tmp_path / "2026.yaml"
    file.write_text(f"year: 2026\nsource: 通知\nprovisional: true\ndays_off:\n  - {day}\nmake_up_days: []\n")
    with pytest.raises(CorpusError, match=r"2026\.yaml:4: days_off"):
        read_year(file)


def test_a_provisional_year_is_marked(tmp_path):
    file = tmp_path / "2027.yaml"
    file.write_text("year: 2027\nsource: 待公布\nprovisional: true\ndays_off: []\nmake_up_days: []\n")
    assert read_year(file).provisional
