"""Writing many rows in one statement, at a speed that rows written one object at a time do not reach."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

AT_ONCE: Final = 5000
"""Rows of one statement at most: however many are written, none runs long or holds much memory."""


def insert_rows(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], *, once: bool = False) -> int:
    """Insert rows (values in the order of ``columns``: name → PostgreSQL type); returns how many were.

    ``once``: rows that some constraint knows already are left out. Names come from the caller's code, never from input.
    """
    names = ", ".join(columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    conflict = " ON CONFLICT DO NOTHING" if once else ""
    return _run(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}){conflict}", rows)  # noqa: S608  # see above


def update_rows(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> int:
    """Set columns of rows by their ``id``, which every row begins with; returns how many were. As :func:`insert_rows`."""
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *columns.values()))
    changes = ", ".join(f"{name} = new.{name}" for name in columns)
    names = ", ".join(("id", *columns))
    statement = f"UPDATE {table} AS old SET {changes} FROM unnest({arrays}) AS new({names}) WHERE old.id = new.id"  # noqa: S608
    return _run(statement, rows)


def _run(statement: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run a statement that takes its rows as one array a column, some rows at a time; returns how many it wrote."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        written = 0
        for part in _parts(rows):
            cursor.execute(statement, [_array(column) for column in zip(*part, strict=True)])
            written += int(cursor.rowcount)
        return written


def _parts(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _array(column: Sequence[Any]) -> str | list[Any]:
    """The values as the text of a PostgreSQL array, written in a fraction of the driver's time; other kinds are left to it.

    The text is a parameter like any other: the driver quotes it, and refuses what no text of the database may hold.
    """
    if not _WRITERS.keys() >= set(map(type, column)):
        return list(column)
    return f"{{{','.join([_WRITERS[type(value)](value) for value in column])}}}"


def _text(value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _moment(value: date) -> str:
    return f'"{value.isoformat()}"'


_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {
    type(None): lambda _: "NULL",
    bool: lambda value: "t" if value else "f",
    int: str,
    str: _text,
    date: _moment,
    datetime: _moment,
}
"""How a value of each kind stands in the text of an array."""
