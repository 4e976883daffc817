"""Telling open pages that something changed."""

import json

from django.db import connection, transaction

from kuangan.casework.models import Case
from kuangan.casework.queries import is_inside

CHANNEL = "kuangan_live"


def announce(path: str, topic: str, **more: int | str) -> None:
    """After commit, tell every page whose user sees ``path`` (a mine's unit path) that ``topic`` changed there."""
    payload = json.dumps({"path": path, "topic": topic, **more}, ensure_ascii=False)
    transaction.on_commit(lambda: _notify(payload))


def announce_case(case: Case, topic: str = "case", *, internal: bool = False) -> None:
    """After commit, tell the pages that ``case`` changed; those of the supervised, and of an office that it is about, nothing while it is kept from them.

    ``internal``: what changed is kept from them though the case is not (a step or a clock inside the department).
    """
    announce(case.path, topic, inside=internal or is_inside(case), office=case.office_id or 0)


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
