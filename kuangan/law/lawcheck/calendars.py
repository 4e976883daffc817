"""Calendars: the years follow each other without a gap."""

from collections.abc import Iterator

from kuangan.law.lawcheck.problem import Problem
from kuangan.law.time.calendar import workdays, year_source


def check() -> Iterator[Problem]:
    """Problems of the yearly tables beyond what reading them refuses (days of another year, plain days)."""
    years = sorted(workdays().years)
    for year in range(years[0], years[-1] + 1):
        if year not in years:
            yield Problem("calendar", f"calendar/{year}", "年历缺失：前后年份均有，请补充")
        elif str(year) not in year_source(year):
            yield Problem("calendar", f"calendar/{year}", "来源未写明该年份的放假安排通知")
