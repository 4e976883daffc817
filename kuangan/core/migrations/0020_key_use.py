from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0019_city_book_request"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="last_used_at",
            field=models.DateTimeField(null=True, verbose_name="最近使用时间"),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="end_told_at",
            field=models.DateTimeField(null=True, verbose_name="到期提醒时间"),
        ),
    ]
