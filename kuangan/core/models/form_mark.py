"""What makes a form count once: its mark with what its answer led to, and the files that wait for a form to be accepted."""

from django.db import models

from kuangan.core.models.user import User


class FormMark(models.Model):
    """A form that was answered: ``mark`` stood in it from the page on; ``address`` is where its answer led."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提交人")
    mark = models.CharField("表单标识", max_length=40)
    address = models.CharField("办理结果地址", max_length=300)
    at = models.DateTimeField("提交时间", db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "mark"), name="form_counts_once"),)

    def __str__(self) -> str:
        return self.mark


class FormUpload(models.Model):
    """A file that came with a form that was refused: its sender's alone, until the form is accepted or a day has passed."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    mark = models.CharField("表单标识", max_length=40)
    field = models.CharField("栏目", max_length=60)
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveBigIntegerField("字节数")
    at = models.DateTimeField("上传时间", db_index=True)

    class Meta:
        indexes = (models.Index(fields=("user", "mark"), name="form_upload_of_form"),)

    def __str__(self) -> str:
        return self.name
