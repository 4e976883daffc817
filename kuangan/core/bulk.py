"""Writing many rows in one statement, at a speed that rows written one object at a time do not reach."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection


def insert_rows(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], *, once: bool = False) -> int:
    """Insert rows (values in the order of ``columns``: name → PostgreSQL type); returns how many were.

    ``once``: rows that some constraint knows already are left out. Names come from the caller's code, never from input.
    """
    if not rows:
        return 0
    names = ", ".join(columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    conflict = " ON CONFLICT DO NOTHING" if once else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}){conflict}",  # noqa: S608  # see above
            [list(column) for column in zip(*rows, strict=True)],
        )
        return int(cursor.rowcount)


def update_rows(table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> int:
    """Set columns of rows by their ``id``, which every row begins with; returns how many were. As :func:`insert_rows`."""
    if not rows:
        return 0
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *columns.values()))
    changes = ", ".join(f"{name} = new.{name}" for name in columns)
    names = ", ".join(("id", *columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS old SET {changes} FROM unnest({arrays}) AS new({names}) WHERE old.id = new.id",  # noqa: S608
            [list(column) for column in zip(*rows, strict=True)],
        )
        return int(cursor.rowcount)
