"""Alarms that wait for the next summary to those on duty."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A queue whose rows go when they are told."""

    dependencies = [
        ("casework", "0009_list_by_opening"),
        ("core", "0001_initial"),
        ("flow", "0003_rule_run_by_group"),
    ]

    operations = [
        migrations.CreateModel(
            name="Untold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=300, verbose_name="内容")),
                ("since", models.DateTimeField(db_index=True, verbose_name="自")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="untold",
                        to="casework.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.unit",
                        verbose_name="值班单位",
                    ),
                ),
            ],
        ),
    ]
