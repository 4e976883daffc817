"""How many rows of a query are alike in all its columns, counted in the database."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def count_alike(queryset: QuerySet[Any], *columns: str) -> list[tuple[Any, ...]]:
    """The different values of some columns and annotations, each with the number of rows that have them.

    Columns are counted outside the query, so that a long annotation is worked out once a row. JSON comes as text.
    """
    sql, params = queryset.order_by().values(*columns).query.sql_with_params()
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f"SELECT {names}, count(*) FROM ({sql}) AS alike GROUP BY {names}"  # noqa: S608  # Django's own
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        alike: list[tuple[Any, ...]] = cursor.fetchall()
    return alike
