"""A case is about a unit of any kind; a mine is one. Persons and entries may be meant more closely."""

import django.db.models.deletion
from django.db import migrations, models

_UNITS = "UPDATE casework_case SET unit_id = mine_id; SET CONSTRAINTS ALL IMMEDIATE"
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0007_parties"),
        ("core", "0001_initial"),
        ("ledger", "0001_initial"),
        ("mine", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "case", "unit", models.ForeignKey(null=True, on_delete=PROTECT, related_name="cases", to="core.unit")
        ),
        migrations.RunSQL(_UNITS, migrations.RunSQL.noop),
        migrations.AlterField(
            "case", "unit", models.ForeignKey(on_delete=PROTECT, related_name="cases", to="core.unit")
        ),
        migrations.AlterField(
            "case", "mine", models.ForeignKey(null=True, on_delete=PROTECT, related_name="cases", to="mine.mine")
        ),
        migrations.AddField(
            "case", "office", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="core.unit")
        ),
        migrations.AddField(
            "case", "person", models.ForeignKey(null=True, on_delete=PROTECT, related_name="cases", to="core.person")
        ),
        migrations.AddField(
            "case", "entry", models.ForeignKey(null=True, on_delete=PROTECT, related_name="cases", to="ledger.entry")
        ),
        migrations.AlterField("case", "path", models.CharField(max_length=200)),
    ]
