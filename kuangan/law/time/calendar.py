"""The working-day calendar from ``corpus/calendar/<year>.yaml``."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from kuangan.base.workdays import Calendar, YearTable
from kuangan.law.source import YamlTable, files, read_table


@cache
def workdays() -> Calendar:
    """The calendar of all years that have a table; a year without one raises when it is asked about."""
    tables = [read_year(path) for path in files("calendar", ".yaml")]
    return Calendar({table.year: table for table in tables})


class Years(Mapping[int, YearTable]):
    """The tables of all years for deadlines that reach ahead, noting which were asked for.

    A year without a table counts as plain weeks, provisionally: duties and clocks that reach into it are marked, and counted anew
    once its notice is in the corpus.
    """

    def __init__(self, known: Mapping[int, YearTable]) -> None:
        self._known = known
        self.provisional = False
        self.missing: set[int] = set()

    def __getitem__(self, year: int) -> YearTable:
        table = self._known.get(year)
        if table is None:
            self.missing.add(year)
            table = YearTable(year, frozenset(), frozenset(), provisional=True)
        self.provisional = self.provisional or table.provisional
        return table

    def __iter__(self) -> Iterator[int]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def calendar() -> Calendar:
    """The calendar of all years, for terms that reach ahead: one without a table counts as plain weeks (:class:`Years`)."""
    return Calendar(Years(workdays().years))


def read_year(path: Path) -> YearTable:
    """One year's table. Raises :class:`~kuangan.law.source.CorpusError` for a day that is no exception or in another year."""
    table = read_table(path).only("year", "source", "provisional", "days_off", "make_up_days")
    table.text("source")
    year = table.get("year")
    if not isinstance(year, int) or str(year) != path.stem:
        raise table.error(f"year {year!r} must equal the file name", "year")
    off = _days(table, "days_off", year, weekend=False)
    worked = _days(table, "make_up_days", year, weekend=True)
    return YearTable(year, off, worked, table.flag("provisional"))


def year_source(year: int) -> str:
    """The notice a year's table follows."""
    [path] = [path for path in files("calendar", ".yaml") if path.stem == str(year)]
    return read_table(path).text("source")


def _days(table: YamlTable, key: str, year: int, *, weekend: bool) -> frozenset[date]:
    days = table.get(key)
    if not isinstance(days, list):
        raise table.error(f"{key}: a list of dates is needed", key)
    for day in days:
        if not isinstance(day, date) or day.year != year or (day.weekday() >= 5) != weekend:
            raise table.error(f"{key}: {day} is not a {'weekend' if weekend else 'week'} day of {year}", key)
    if len(set(days)) != len(days):
        raise table.error(f"{key}: a day is there twice", key)
    return frozenset(days)
