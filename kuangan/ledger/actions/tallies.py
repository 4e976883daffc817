"""Tallies follow every write of entries in the same transaction, so that lists of ledgers needn't count them."""

from collections.abc import Iterable

from django.db import connection, transaction

from kuangan.ledger.models import Entry, Tally
from kuangan.ledger.queries import CURRENT

_ADD = """
INSERT INTO ledger_tally (ledger, unit_id, path, entries, newest) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (ledger, unit_id, path) DO UPDATE
SET entries = ledger_tally.entries + EXCLUDED.entries, newest = GREATEST(ledger_tally.newest, EXCLUDED.newest)
"""
_ALL = """
INSERT INTO ledger_tally (ledger, unit_id, path, entries, newest)
SELECT ledger, unit_id, path, count(*), max("on") FROM ledger_entry
WHERE superseded_at IS NULL AND NOT voided GROUP BY ledger, unit_id, path
"""


def count_added(entries: Iterable[Entry]) -> None:
    """Add new entries, in a fixed order, so that two writers never wait for each other."""
    groups: dict[tuple[str, int, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.ledger, entry.unit_id, entry.path), []).append(entry)
    tallies = [(*key, len(group), max(entry.on for entry in group)) for key, group in sorted(groups.items())]
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, tallies)


def recount(entry: Entry) -> None:
    """Count anew where a version was replaced or voided; the lock comes first, so that no writer in between is lost."""
    where = {"ledger": entry.ledger, "unit": entry.unit_id, "path": entry.path}
    tally = Tally.objects.select_for_update().filter(**where).first()
    if tally is None:
        tally = Tally(ledger=entry.ledger, unit_id=entry.unit_id, path=entry.path)
    entries = Entry.objects.filter(CURRENT, **where)
    newest = entries.order_by("-on").values_list("on", flat=True).first()
    tally.entries, tally.newest = entries.count(), newest
    tally.save()


@transaction.atomic
def recount_all() -> None:
    """Count everything anew, after rows came in past the actions (bulk loads of the demonstration)."""
    Tally.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
