"""Files that people add as evidence; the bytes lie in the data folder under their own digest."""

from django.db import models

from kuangan.core.models.user import User


class Attachment(models.Model):
    """One uploaded file. Two uploads of the same bytes are two rows and one stored file."""

    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)
    size = models.PositiveBigIntegerField("字节数")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    def __str__(self) -> str:
        return self.name
