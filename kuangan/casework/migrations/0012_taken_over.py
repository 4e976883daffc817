import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_initial"),
        ("casework", "0011_excuses_become_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="taken_over_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.unit"
            ),
        ),
    ]
