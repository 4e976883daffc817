"""The newest cases of a city are found without sorting all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index on the order of the list."""

    dependencies = (("casework", "0008_subjects"),)

    operations = (
        migrations.AddIndex(model_name="case", index=models.Index(fields=["-opened_at", "-id"], name="case_opened")),
    )
