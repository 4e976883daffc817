"""What arrives from a mine: its token and one row per received file."""

from django.db import models
from django.db.models import Q

from kuangan.mine.models import Mine
from kuangan.monitor.models.state import Cursor


class FeedToken(models.Model):
    """A mine's key to `POST /api/feeds`. Only the digest of the token is kept."""

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="feed_tokens", verbose_name="煤矿")
    sha256 = models.CharField("摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("签发时间")
    revoked_at = models.DateTimeField("停用时间", null=True)

    def __str__(self) -> str:
        return f"{self.mine} 接入密钥"


class FileStatus(models.TextChoices):
    """What became of a received file."""

    done = "done", "已入库"
    partial = "partial", "部分入库"
    late = "late", "迟到入库"
    duplicate = "duplicate", "重复文件"
    refused = "refused", "退回"
    incomplete = "incomplete", "文件不完整"
    future = "future", "时间超前"
    past = "past", "时间过旧"
    again = "again", "已重新接收"
    unknown = "unknown", "类型未接入"
    lost = "lost", "丢失"


class FeedFile(models.Model):
    """One received file. Its bytes lie in the journal under `journal_seq`, refused ones too.

    lost: it was taken, but neither journal nor history have it any more; the same file is wanted again.
    """

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="feed_files", verbose_name="煤矿")
    type = models.CharField("类型", max_length=12)
    name = models.CharField("文件名", max_length=120, blank=True)
    sha256 = models.CharField("摘要", max_length=64)
    header_at = models.DateTimeField("文件时间", null=True)
    received_at = models.DateTimeField("接收时间")
    journal = models.ForeignKey(
        Cursor, models.PROTECT, default=1, db_index=False, related_name="+", verbose_name="接收日志"
    )
    journal_seq = models.BigIntegerField("流水号")
    size = models.PositiveIntegerField("字节数")
    records = models.PositiveIntegerField("记录数", default=0)
    bad_records = models.PositiveIntegerField("错误记录数", default=0)
    status = models.CharField("结果", max_length=12, choices=FileStatus.choices)
    message = models.TextField("说明", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("journal", "journal_seq"), name="feed_file_once"),)
        indexes = (
            models.Index(fields=("mine", "-received_at"), name="feed_file_by_mine"),
            models.Index(fields=("mine", "type", "header_at"), name="feed_file_by_header"),
            models.Index(
                fields=("-received_at",),
                condition=~Q(status__in=("done", "late", "duplicate")),
                name="feed_file_faulty",
            ),
        )

    def __str__(self) -> str:
        return self.name or f"{self.type} {self.journal_seq}"
