from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("flow", "0002_rule_states"),
    ]

    operations = [
        migrations.AlterField(
            model_name="rulerun",
            name="day",
            field=models.DateField(null=True, verbose_name="日期"),
        ),
        migrations.AddField(
            model_name="rulerun",
            name="reached",
            field=models.BigIntegerField(default=0, verbose_name="已判定至"),
        ),
        migrations.AddField(
            model_name="rulerun",
            name="done",
            field=models.BooleanField(default=False, verbose_name="已完成"),
        ),
    ]
