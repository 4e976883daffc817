from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0016_local_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="localanswer",
            name="headed_at",
            field=models.DateTimeField(null=True, verbose_name="决定签署时间"),
        ),
    ]
