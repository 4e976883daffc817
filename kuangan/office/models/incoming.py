"""Incoming papers (收文): from whom, by when, who handles them, what was answered."""

from django.db import models
from django.db.models import Q

from kuangan.core.models import Attachment, Person, Unit, User


class IncomingSource(models.TextChoices):
    higher = "higher", "上级来文"
    instruction = "instruction", "领导批示"
    inspectorate = "inspectorate", "监察机构来文"
    hotline = "hotline", "热线转办"
    other = "other", "其他来文"


class Incoming(models.Model):
    """One paper that came to an office. Seen in that office only. ``serial`` counts its papers of a year.

    ``span``: how the due time came about, empty where it was given. ``provisional``: counted by an unpublished calendar.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="incoming", verbose_name="收文单位")
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("收文序号")
    source = models.CharField("来源", max_length=12, choices=IncomingSource.choices)
    sender = models.CharField("来文单位（人）", max_length=100)
    number = models.CharField("来文字号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=200)
    summary = models.TextField("内容摘要", blank=True)
    received_at = models.DateTimeField("收文时间")
    due_at = models.DateTimeField("办理期限")
    span = models.CharField("期限依据", max_length=40, blank=True)
    provisional = models.BooleanField("暂按推定年历", default=False)
    handler = models.ForeignKey(Person, models.PROTECT, null=True, related_name="incoming", verbose_name="承办人")
    reply_number = models.CharField("复文字号", max_length=60, blank=True)
    replied_at = models.DateTimeField("回复时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    attachments = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "year", "serial"), name="incoming_serial_once"),)
        indexes = (
            models.Index(fields=("unit", "-received_at"), name="incoming_of_unit"),
            models.Index(fields=("unit", "due_at"), condition=Q(closed_at=None), name="incoming_open"),
        )

    def __str__(self) -> str:
        return f"收〔{self.year}〕{self.serial}号 {self.title}"

    @property
    def register_number(self) -> str:
        """The number in the office's own register."""
        return f"收〔{self.year}〕{self.serial}号"


class StepKind(models.TextChoices):
    """What was done with an incoming paper."""

    assigned = "assigned", "交办"
    opinion = "opinion", "拟办、批示意见"
    replied = "replied", "回复"
    closed = "closed", "办结"
    reopened = "reopened", "恢复办理"


class IncomingStep(models.Model):
    """One step of its handling, with what was written and the files of a reply."""

    incoming = models.ForeignKey(Incoming, models.PROTECT, related_name="steps", verbose_name="收文")
    kind = models.CharField("步骤", max_length=10, choices=StepKind.choices)
    text = models.TextField("内容", blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="承办人")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    files = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("incoming", "at"), name="step_of_incoming"),)
        ordering = ("at", "pk")
