"""Keys of current entries whose key names a person written with blanks: they count as the same name without them."""

from typing import Any

from django.db import migrations, transaction
from django.db.utils import IntegrityError

from kuangan.base.digest import digest
from kuangan.base.text import person_name
from kuangan.law.ledger import ledgers


def renew_keys(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("ledger", "Entry").objects
    for found in ledgers().values():
        names = [name for name in found.key if found.field(name).kind == "person"]
        if not names:
            continue
        current = entries.filter(ledger=found.id, superseded_at=None, voided=False).order_by("pk")
        for pk, values in current.values_list("pk", "values").iterator(chunk_size=2000):
            plain = {name: person_name(str(values[name])) for name in names if name in values}
            if all(values[name] == text for name, text in plain.items()):
                continue
            key = digest([(values | plain).get(name) for name in found.key])
            try:
                with transaction.atomic():
                    entries.filter(pk=pk).update(key=key)
            except IntegrityError:
                continue  # the other way of writing is there already; both stay as they were recorded


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_import_counts")]

    operations = [migrations.RunPython(renew_keys, migrations.RunPython.noop)]
