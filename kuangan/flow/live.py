"""Telling open pages that something changed."""

import json

from django.db import connection, transaction

CHANNEL = "kuangan_live"


def announce(path: str, topic: str, **more: int | str) -> None:
    """After commit, tell every page whose user sees ``path`` (a mine's unit path) that ``topic`` changed there."""
    payload = json.dumps({"path": path, "topic": topic, **more}, ensure_ascii=False)
    transaction.on_commit(lambda: _notify(payload))


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
