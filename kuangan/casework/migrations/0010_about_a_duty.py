"""A case may be about a duty."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0009_list_by_opening"),
        ("duty", "0007_barred_credits"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="duty",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="duty.duty"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("duty__isnull", False)),
                fields=["duty"],
                name="case_open_about_duty",
            ),
        ),
    ]
