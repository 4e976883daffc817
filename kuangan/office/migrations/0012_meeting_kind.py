from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0011_circular_entry")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="kind",
            field=models.CharField(
                choices=[("meeting", "会议"), ("consultation", "风险研判会商")],
                db_default="meeting",
                default="meeting",
                max_length=12,
                verbose_name="类别",
            ),
        ),
    ]
