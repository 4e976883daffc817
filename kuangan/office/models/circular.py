"""Notices, assignments and accident circulars (通知、交办、事故通报) with one receipt for each receiver."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models import Attachment, Notice, Unit, User


class CircularKind(models.TextChoices):
    """What is sent: only an assignment always asks for feedback; an accident circular is studied and the study recorded."""

    notice = "notice", "通知"
    assignment = "assignment", "交办"
    circular = "circular", "事故通报"


class Circular(models.Model):
    """Something an office sends to units of its area. ``source``: the one it forwards, so that the chain can be followed.

    ``entry``: the serial of its entry in the ledger of accident circulars, where it has one.
    """

    kind = models.CharField("类别", max_length=12, choices=CircularKind.choices)
    number = models.CharField("文号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="circulars", verbose_name="发出单位")
    path = models.CharField("范围", max_length=200)
    source = models.ForeignKey("self", models.PROTECT, null=True, related_name="forwards", verbose_name="转发自")
    feedback_due_at = models.DateTimeField("反馈期限", null=True)
    sent_at = models.DateTimeField("发出时间")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发出人")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_for = models.CharField("撤回原因", max_length=300, blank=True)
    entry = models.BigIntegerField("事故通报台账条目", null=True)
    attachments = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="assignment") | Q(feedback_due_at__isnull=False), name="assignment_asks_for_feedback"
            ),
            models.CheckConstraint(condition=~Q(source=F("id")), name="circular_not_its_own_source"),
        )
        indexes = (
            models.Index(
                fields=("path", "-sent_at"),
                name="circular_of_path",
                opclasses=("text_pattern_ops", "timestamptz_ops"),
            ),
            models.Index(fields=("entry",), name="circular_of_entry", condition=Q(entry__isnull=False)),
        )

    def __str__(self) -> str:
        return self.title


class Receipt(models.Model):
    """What one receiver does with a circular: signs (its notice), forwards, gives feedback.

    ``feedback_*`` is the feedback that stands; one that was sent back is kept in the trail and asked for anew.
    """

    circular = models.ForeignKey(Circular, models.PROTECT, related_name="receipts", verbose_name="文件")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="receipts", verbose_name="接收单位")
    path = models.CharField("范围", max_length=200)
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="receipt", verbose_name="签收")
    forwarded = models.OneToOneField(
        Circular, models.PROTECT, null=True, related_name="forwarded_by", verbose_name="转发件"
    )
    feedback = models.TextField("反馈内容", blank=True)
    feedback_at = models.DateTimeField("反馈时间", null=True)
    feedback_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="反馈人")
    returned_at = models.DateTimeField("退回时间", null=True)
    returned_for = models.CharField("退回原因", max_length=300, blank=True)
    urged = models.PositiveSmallIntegerField("催办次数", default=0)
    urged_at = models.DateTimeField("最近催办", null=True)
    files = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("circular", "unit"), name="receipt_once"),
            models.CheckConstraint(
                condition=Q(feedback_at__isnull=True, feedback_by__isnull=True)
                | Q(feedback_at__isnull=False, feedback_by__isnull=False),
                name="feedback_names_its_giver",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "-circular"), name="receipt_of_unit"),
            models.Index(fields=("path",), name="receipt_of_path", opclasses=("text_pattern_ops",)),
        )

    def __str__(self) -> str:
        return f"{self.unit}：{self.circular}"
