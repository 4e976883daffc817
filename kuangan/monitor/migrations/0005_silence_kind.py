"""A point that sends nothing that counts is silent in its own way."""

from typing import Any

from django.db import migrations, models


def take_up_again(apps: Any, schema_editor: Any) -> None:
    """What is silent now was told by notices alone: it is taken up once more, so that it gets its case."""
    rows = apps.get_model("monitor", "Silence").objects.filter(ended_at=None)
    rows.update(reacted_at=None, revision=models.F("revision") + 1)


class Migration(migrations.Migration):
    """The kind of a silence, which is part of its key."""

    dependencies = [("monitor", "0004_file_again")]

    operations = [
        migrations.AddField(
            model_name="silence",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "无数据上传"),
                    ("emptied", "无有效数值"),
                    ("paused", "标记为暂停"),
                    ("fault", "标记为传感器故障（断线）"),
                    ("station", "标记为分站故障、不巡检"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="情形",
            ),
        ),
        migrations.RemoveConstraint(model_name="silence", name="silence_once"),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.UniqueConstraint(
                fields=("mine", "point", "started_at", "kind"), nulls_distinct=False, name="silence_once_of_a_kind"
            ),
        ),
        migrations.RunPython(take_up_again, migrations.RunPython.noop),
    ]
