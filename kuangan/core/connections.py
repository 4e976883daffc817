"""The connections to the database that the requests of a process share."""

from django.db import connection


def lend() -> None:
    """Give this thread's pooled connection back until it asks again; not within a transaction."""
    if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
        connection.close()
