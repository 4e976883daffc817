"""How moments are read from the database: Django's own reader takes most of the time of a page with many of them."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.signals import connection_created
from psycopg.types.datetime import TimestamptzLoader


class TimestampLoader(TimestamptzLoader):
    """Moments of a connection whose time zone is UTC, as Django sets it; raises what psycopg raises on a moment no ``datetime`` can be."""

    timezone = UTC
    """What Django compares with the connection's zone before it puts its own reader in the place of this one."""

    def load(self, data: bytes | bytearray | memoryview) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


def read_moments_fast(**signal: Any) -> None:  # Any: Django's signals carry whatever they like
    """Tell a new connection."""
    signal["connection"].connection.adapters.register_loader("timestamptz", TimestampLoader)


def install() -> None:
    """Once, when Django is ready."""
    connection_created.connect(read_moments_fast)
