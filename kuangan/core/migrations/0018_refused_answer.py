from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0017_head_signs_answer"),
    ]

    operations = [
        migrations.AddField(
            model_name="localanswer",
            name="refused_for",
            field=models.CharField(blank=True, db_default="", max_length=300, verbose_name="不同意的理由"),
        ),
    ]
