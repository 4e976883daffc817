"""Backups of the platform, trials of restoring them, and the breaks that real restores left in the trail."""

from django.db import models


class BackupKind(models.TextChoices):
    daily = "daily", "每日自动"
    manual = "manual", "人工"
    upgrade = "upgrade", "升级前"


class Backup(models.Model):
    """One backup that was taken, or was to be. ``folder``: where it lies; ``size``: bytes, of which ``new_size`` were copied.

    ``fault`` is Chinese: what is not in it, or, where ``is_taken`` is false, why there is none. ``has_keys``: the keys
    were archived with it. ``removed_at``: deleted when its term was over.
    """

    folder = models.CharField("位置", max_length=500)
    kind = models.CharField("类别", max_length=12, choices=BackupKind.choices)
    began_at = models.DateTimeField("开始时间", db_index=True)
    ended_at = models.DateTimeField("完成时间")
    is_taken = models.BooleanField("已完成")
    fault = models.TextField("说明", blank=True)
    files = models.PositiveBigIntegerField("文件数", default=0)
    size = models.PositiveBigIntegerField("字节数", default=0)
    new_size = models.PositiveBigIntegerField("新增字节数", default=0)
    has_keys = models.BooleanField("含密钥", default=False)
    is_encrypted = models.BooleanField("加密", default=False)
    removed_at = models.DateTimeField("到期删除时间", null=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.folder}"


class RestoreTrial(models.Model):
    """A backup was restored into an empty folder, checked and deleted again. ``fault``: what was wrong, "" for nothing."""

    folder = models.CharField("备份位置", max_length=500)
    backed_up_at = models.DateTimeField("备份时间")
    at = models.DateTimeField("演练时间", db_index=True)
    seconds = models.PositiveIntegerField("用时（秒）")
    fault = models.TextField("不符之处", blank=True)

    def __str__(self) -> str:
        return f"{self.at} {self.folder}"


class Restoration(models.Model):
    """The platform began again from a backup: the signed break in its trail.

    ``manifest`` is the backup's own, signed with the seal key of before (``former_key``), over the trail up to ``last_id``;
    ``signature`` is over this row, with the seal key from then on (``key``), which is in no backup.
    """

    at = models.DateTimeField("恢复时间")
    taken_at = models.DateTimeField("备份时间")
    last_id = models.BigIntegerField("截止记录")
    manifest = models.JSONField("备份清单")
    former_key = models.CharField("原封存公钥", max_length=64)
    key = models.CharField("封存公钥", max_length=64)
    signature = models.CharField("签名", max_length=128)

    def __str__(self) -> str:
        return f"{self.taken_at} → {self.at}"
