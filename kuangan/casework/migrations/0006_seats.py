"""A unit has one open case of some procedures at a time: said by a seat that the case takes, instead of by names of states."""

from typing import Any

from django.db import migrations, models


def take_seats(apps: Any, schema_editor: Any) -> None:
    """Cases that are open take theirs."""
    Case = apps.get_model("casework", "Case")
    stops = Case.objects.filter(procedure="suspension", closed_at=None).exclude(state="resumed")
    for pk, unit in stops.values_list("pk", "mine__unit_id"):
        Case.objects.filter(pk=pk).update(seat=f"suspension:{unit}")


class Migration(migrations.Migration):
    dependencies = [("casework", "0005_clock_noticed")]

    operations = [
        migrations.AddField("case", "seat", models.CharField(max_length=80, null=True, unique=True)),
        migrations.RunPython(take_seats, migrations.RunPython.noop, elidable=False),
        migrations.RemoveConstraint("case", "one_open_suspension_per_mine"),
        migrations.RemoveConstraint("reliance", "one_reliance"),
        migrations.RenameField("reliance", "suspension", "stop"),
        migrations.AddConstraint("reliance", models.UniqueConstraint(fields=("stop", "alarm"), name="one_reliance")),
    ]
