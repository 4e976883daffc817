"""Moments are read from the database as they were written, to the microsecond and in UTC."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection


def read(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        row = cursor.fetchone()
    return row[0]


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("2026-11-30 03:33:36+00", datetime(2026, 11, 30, 3, 33, 36, tzinfo=UTC)),
        ("2026-11-30 11:33:36.5+08", datetime(2026, 11, 30, 3, 33, 36, 500_000, tzinfo=UTC)),
        ("2026-11-30 03:33:36.000001+00", datetime(2026, 11, 30, 3, 33, 36, 1, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_moment_comes_back_as_it_was_written(db, written, right):
    moment = read(written)
    assert moment == right
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("strange", ["infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00"])
def test_a_moment_that_no_datetime_can_be_is_refused(db, strange):
    with pytest.raises(DataError):
        read(strange)
