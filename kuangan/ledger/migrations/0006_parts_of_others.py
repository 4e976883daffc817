"""Parts of entries that somebody else writes. Open entries of before begin to wait for theirs; what was typed stays as it was."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kuangan.law.ledger import ledgers
from kuangan.ledger.confirming import waiting_part


def begin_to_wait(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("ledger", "Entry").objects
    for ledger in ledgers().values():
        if not ledger.confirmations:
            continue
        current = entries.filter(ledger=ledger.id, superseded_at=None, voided=False).order_by("pk")
        for pk, values, keeper in current.values_list("pk", "values", "unit__kind").iterator(chunk_size=2000):
            part = waiting_part(ledger, values, (), keeper)
            if part:
                entries.filter(pk=pk).update(waits_for=part)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ledger", "0005_import_reading"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="confirmed",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="已由他方填写的部分"
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="waits_for",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="待他方填写的部分"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(
                    ("superseded_at", None), ("voided", False), models.Q(("waits_for", ""), _negated=True)
                ),
                fields=["ledger", "waits_for", "recorded_at"],
                name="entry_waits",
            ),
        ),
        migrations.CreateModel(
            name="EntryConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=40, verbose_name="部分")),
                ("at", models.DateTimeField(verbose_name="填写时间")),
                ("accepted", models.BooleanField(verbose_name="予以确认")),
                (
                    "sight",
                    models.CharField(
                        choices=[
                            ("file", "材料原件"),
                            ("photograph", "现场照片、视频"),
                            ("reading", "监测数据"),
                            ("place", "现场"),
                        ],
                        max_length=12,
                        verbose_name="查看方式",
                    ),
                ),
                ("opinion", models.CharField(max_length=300, verbose_name="意见")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填写人",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="ledger.entry",
                        verbose_name="条目",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.unit",
                        verbose_name="填写单位",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["unit", "-at"], name="confirmation_of_unit")]},
        ),
        migrations.RunPython(begin_to_wait, migrations.RunPython.noop),
    ]
