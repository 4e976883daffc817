from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mine", "0003_mine_type"),
    ]

    operations = [
        migrations.AddField(
            model_name="point",
            name="dismantled_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="核定拆除时间"),
        ),
    ]
