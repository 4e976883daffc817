import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def begin_with_one(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The row that a folder's journal takes when it gets its name; rows of files refer to it by default."""
    cursor = apps.get_model("monitor", "Cursor")
    cursor.objects.get_or_create(pk=1, defaults={"saved_at": timezone.now()})


class Migration(migrations.Migration):
    dependencies = [
        ("mine", "0002_class_water_fire"),
        ("monitor", "0002_file_past"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoryPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("first_seq", models.BigIntegerField(verbose_name="起流水号")),
                ("last_seq", models.BigIntegerField(verbose_name="止流水号")),
                ("numbers", models.BinaryField(null=True, verbose_name="流水号清单")),
                ("rows", models.PositiveIntegerField(verbose_name="读数")),
                ("size", models.BigIntegerField(verbose_name="字节数")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("written_at", models.DateTimeField(verbose_name="写入时间")),
                ("lost_at", models.DateTimeField(null=True, verbose_name="缺失时间")),
            ],
        ),
        migrations.CreateModel(
            name="JournalGap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_seq", models.BigIntegerField(verbose_name="起流水号")),
                ("last_seq", models.BigIntegerField(verbose_name="止流水号")),
                ("noticed_at", models.DateTimeField(verbose_name="发现时间")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="cursor",
            name="one_cursor",
        ),
        migrations.AddField(
            model_name="cursor",
            name="ended_at",
            field=models.DateTimeField(null=True, verbose_name="停用时间"),
        ),
        migrations.AddField(
            model_name="cursor",
            name="identity",
            field=models.CharField(blank=True, default="", max_length=32, verbose_name="日志标识"),
        ),
        migrations.AddField(
            model_name="cursor",
            name="place",
            field=models.CharField(default="journal", max_length=40, verbose_name="目录"),
        ),
        migrations.RunPython(begin_with_one, migrations.RunPython.noop),
        migrations.AddField(
            model_name="feedfile",
            name="journal",
            field=models.ForeignKey(
                db_index=False,
                default=1,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="monitor.cursor",
                verbose_name="接收日志",
            ),
        ),
        migrations.AddField(
            model_name="foldsnapshot",
            name="journal",
            field=models.ForeignKey(
                db_index=False,
                default=1,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="monitor.cursor",
                verbose_name="接收日志",
            ),
        ),
        migrations.AddField(
            model_name="foldsnapshot",
            name="sha256",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="摘要"),
        ),
        migrations.AlterField(
            model_name="cursor",
            name="id",
            field=models.PositiveSmallIntegerField(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="feedfile",
            name="journal_seq",
            field=models.BigIntegerField(verbose_name="流水号"),
        ),
        migrations.AlterField(
            model_name="feedfile",
            name="status",
            field=models.CharField(
                choices=[
                    ("done", "已入库"),
                    ("partial", "部分入库"),
                    ("late", "迟到入库"),
                    ("duplicate", "重复文件"),
                    ("refused", "退回"),
                    ("incomplete", "文件不完整"),
                    ("future", "时间超前"),
                    ("past", "时间过旧"),
                    ("unknown", "类型未接入"),
                    ("lost", "丢失"),
                ],
                max_length=12,
                verbose_name="结果",
            ),
        ),
        migrations.AddConstraint(
            model_name="cursor",
            constraint=models.UniqueConstraint(fields=("identity",), name="journal_once"),
        ),
        migrations.AddConstraint(
            model_name="cursor",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("place",), name="one_running_journal_a_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedfile",
            constraint=models.UniqueConstraint(fields=("journal", "journal_seq"), name="feed_file_once"),
        ),
        migrations.AddField(
            model_name="historypart",
            name="journal",
            field=models.ForeignKey(
                db_index=False,
                default=1,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="monitor.cursor",
                verbose_name="接收日志",
            ),
        ),
        migrations.AddField(
            model_name="historypart",
            name="mine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="history_parts",
                to="mine.mine",
                verbose_name="煤矿",
            ),
        ),
        migrations.AddField(
            model_name="journalgap",
            name="journal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="gaps",
                to="monitor.cursor",
                verbose_name="接收日志",
            ),
        ),
        migrations.AddConstraint(
            model_name="historypart",
            constraint=models.UniqueConstraint(fields=("mine", "day", "name"), name="history_part_once"),
        ),
        migrations.AddConstraint(
            model_name="journalgap",
            constraint=models.UniqueConstraint(fields=("journal", "first_seq", "last_seq"), name="journal_gap_once"),
        ),
    ]
