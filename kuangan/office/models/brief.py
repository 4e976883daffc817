"""Daily, weekly, monthly and zero reports (日报、周报、月报、零报告), frozen when they are sent."""

from django.db import models

from kuangan.core.models import Notice, Unit, User


class BriefKind(models.TextChoices):
    """The kinds; a zero report says of every item that there was none."""

    daily = "daily", "日报"
    weekly = "weekly", "周报"
    monthly = "monthly", "月报"
    zero = "zero", "零报告"


class Brief(models.Model):
    """One report as it was sent. ``content``: its figures and tables as they were then; ``period``: a day or a key of ``base.period``."""

    kind = models.CharField("种类", max_length=8, choices=BriefKind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="briefs", verbose_name="报送单位")
    path = models.CharField("范围", max_length=200)
    to = models.ForeignKey(Unit, models.PROTECT, related_name="briefs_received", verbose_name="接收单位")
    period = models.CharField("期间", max_length=12)
    first_on = models.DateField("首日")
    last_on = models.DateField("末日")
    content = models.JSONField("内容", default=dict)
    remarks = models.TextField("补充情况", blank=True)
    digest = models.CharField("摘要", max_length=64)
    sent_at = models.DateTimeField("报送时间")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="报送人")
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="brief", verbose_name="签收")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "kind", "period"), name="brief_once"),)
        indexes = (
            models.Index(
                fields=("path", "-first_on"), name="brief_of_path", opclasses=("text_pattern_ops", "date_ops")
            ),
            models.Index(fields=("to", "kind", "period"), name="brief_received"),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.period} {self.get_kind_display()}"
