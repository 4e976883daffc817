"""Open pages learn at once that what their person may see has changed, or that a session is over."""

import json
from collections.abc import Iterable
from typing import Final

from django.db import connection

LIVE_CHANNEL: Final = "kuangan_live"
"""PostgreSQL channel on which open pages hear what changed: JSON with path, topic, kind and id, or the ``account`` whose access changed."""


def tell_streams(users: Iterable[int]) -> None:
    """When this transaction commits, every process looks again at what the streams of these accounts may be told."""
    changes = [json.dumps({"account": user}) for user in sorted(set(users))]
    if changes:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_notify(%s, change)) FROM unnest(%s::text[]) AS change", [LIVE_CHANNEL, changes]
            )
