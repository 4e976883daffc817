from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mine", "0004_point_dismantled"),
    ]

    operations = [
        migrations.AddField(
            model_name="mineattribute",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="确定该项的记录"),
        ),
        migrations.AddField(
            model_name="mineattribute",
            name="withdrawn_at",
            field=models.DateTimeField(null=True, verbose_name="撤回时间"),
        ),
        migrations.AddField(
            model_name="mineattribute",
            name="withdrawn_for",
            field=models.CharField(blank=True, db_default="", default="", max_length=60, verbose_name="撤回原因"),
        ),
        migrations.RemoveConstraint(
            model_name="mineattribute",
            name="mine_attribute_once_a_day",
        ),
        migrations.AddConstraint(
            model_name="mineattribute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("mine", "name", "valid_from", "source"),
                name="mine_attribute_once_a_day",
            ),
        ),
        migrations.AddIndex(
            model_name="mineattribute",
            index=models.Index(
                condition=models.Q(models.Q(("source", ""), _negated=True), ("withdrawn_at", None)),
                fields=["source"],
                name="mine_attribute_of_source",
            ),
        ),
    ]
