"""Requests to be excused are cases of a procedure."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0011_excuses_become_cases"),
        ("duty", "0007_barred_credits"),
    ]

    operations = [migrations.DeleteModel("Excuse")]
