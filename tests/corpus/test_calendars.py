"""Working days, day by day, against an independent table."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from kuangan.base.workdays import MissingYear
from kuangan.law.source import CorpusError
from kuangan.law.time.calendar import read_year, workdays, year_source


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
