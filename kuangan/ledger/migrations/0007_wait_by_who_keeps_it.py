"""Current entries wait for the part that their own keeper's kind asks for: 0006 took every keeper for a mine, and knew fewer parts."""

from typing import Any

from django.db import migrations

from kuangan.law.ledger import ledgers
from kuangan.ledger.confirming import waiting_part

COLUMNS = ("pk", "values", "confirmed", "waits_for", "unit__kind")


def wait_anew(apps: Any, schema_editor: Any) -> None:
    """What was sent back waits for its keeper and stays so; what its keeper asked for goes on waiting."""
    entries = apps.get_model("ledger", "Entry").objects
    returned = apps.get_model("ledger", "EntryConfirmation").objects.filter(accepted=False)
    for ledger in ledgers().values():
        if not ledger.confirmations:
            continue
        sent_back = set(returned.filter(entry__ledger=ledger.id).values_list("entry", "part"))
        unasked = [part.id for part in ledger.confirmations if part.unasked]
        current = entries.filter(ledger=ledger.id, superseded_at=None, voided=False).order_by("pk")
        for pk, values, confirmed, waits_for, keeper in current.values_list(*COLUMNS).iterator(chunk_size=2000):
            part = waiting_part(
                ledger, values, confirmed.split(), keeper, [part for part in unasked if part == waits_for]
            )
            if part != waits_for and (pk, part) not in sent_back:
                entries.filter(pk=pk).update(waits_for=part)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_parts_of_others")]

    operations = [migrations.RunPython(wait_anew, migrations.RunPython.noop)]
