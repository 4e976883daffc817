"""Working days from yearly tables; a year without a table raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


class MissingYear(LookupError):
    """No table of holidays is known for the year that was asked about."""


@dataclass(frozen=True)
class YearTable:
    """One year's departures from the plain week.

    ``days_off``: weekdays and weekend days declared off; ``make_up_days``: weekend days that are worked;
    ``provisional``: the official notice was not published yet.
    """

    year: int
    days_off: frozenset[date]
    make_up_days: frozenset[date]
    provisional: bool = False


@dataclass(frozen=True)
class Calendar:
    """The working days of the years that have a table."""

    years: Mapping[int, YearTable]

    def table(self, year: int) -> YearTable:
        """The table of ``year``. Raises :class:`MissingYear`."""
        try:
            return self.years[year]
        except KeyError:
            raise MissingYear(f"{year}年的节假日表缺失：请在 corpus/calendar/{year}.yaml 中补充") from None

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``. Raises :class:`MissingYear`."""
        table = self.table(day.year)
        if day in table.make_up_days:
            return True
        return day.weekday() < 5 and day not in table.days_off

    def is_provisional(self, day: date) -> bool:
        """Whether the table of that day's year is provisional. Raises :class:`MissingYear`."""
        return self.table(day.year).provisional

    def roll_on(self, day: date) -> date:
        """``day`` itself if worked, else the next working day."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def add_workdays(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start`` (``start`` is never counted)."""
        if count < 0:
            raise ValueError(f"count of working days must not be negative: {count}")
        day = start
        for _ in range(count):
            day = self.roll_on(day + timedelta(days=1))
        return day
