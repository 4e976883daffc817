"""The holidays of the official calendar: runs of free days around a day that was declared off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kuangan.base.workdays import MissingYear
from kuangan.law import local
from kuangan.law.time.calendar import workdays

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holiday:
    """One holiday; both days belong to it. ``provisional``: its year's notice is not published yet."""

    first: date
    last: date
    provisional: bool

    @property
    def name(self) -> str:
        """2026年10月1日至7日, as plans are headed."""
        if self.first == self.last:
            return f"{self.first.year}年{self.first.month}月{self.first.day}日"
        end = f"{self.last.day}日" if self.last.month == self.first.month else f"{self.last.month}月{self.last.day}日"
        return f"{self.first.year}年{self.first.month}月{self.first.day}日至{end}"

    @property
    def days(self) -> list[date]:
        """Its days in order."""
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]

    @property
    def due_on(self) -> date:
        """The last day on which its plan is in time."""
        before = int(local.local("office.holiday.plan_before", self.first).value)
        return self.first - timedelta(days=before)


def holidays(year: int) -> list[Holiday]:
    """The holidays that begin in a year; none for a year without calendar."""
    try:
        table = workdays().table(year)
    except MissingYear:
        return []
    holidays_of_year: dict[date, Holiday] = {}
    for day in sorted(table.days_off):
        first, last = _reach(day, -DAY), _reach(day, DAY)
        if first.year == year:
            holidays_of_year.setdefault(first, Holiday(first, last, table.provisional))
    return list(holidays_of_year.values())


def coming_holidays(today: date) -> Iterator[Holiday]:
    """Holidays that have not ended, of this year and the next."""
    for year in (today.year, today.year + 1):
        yield from (holiday for holiday in holidays(year) if holiday.last >= today)


def _reach(day: date, step: timedelta) -> date:
    """The last free day in one direction; an unknown year ends it."""
    calendar = workdays()
    while day.year in calendar.years and (day + step).year in calendar.years and not calendar.is_workday(day + step):
        day += step
    return day
