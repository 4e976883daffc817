from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0010_no_letter_table")]

    operations = [
        migrations.AddField(
            model_name="circular",
            name="entry",
            field=models.BigIntegerField(null=True, verbose_name="事故通报台账条目"),
        ),
        migrations.AddIndex(
            model_name="circular",
            index=models.Index(
                condition=models.Q(("entry__isnull", False)), fields=["entry"], name="circular_of_entry"
            ),
        ),
    ]
