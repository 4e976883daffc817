"""Collections of data (数据报送): a form sent down, and one return from each unit."""

from django.db import models
from django.db.models import Q

from kuangan.core.models import Attachment, Notice, Unit, User


class Collection(models.Model):
    """One form sent down to units. ``fields``: its columns as JSON (see ``office.columns``).

    ``template`` and ``heading_row``: the superior's own sheet, which the export fills below its headings; ``headings``: what they
    say by column, None until they were first read.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="collections", verbose_name="发起单位")
    path = models.CharField("范围", max_length=200)
    title = models.CharField("标题", max_length=200)
    note = models.TextField("填报说明", blank=True)
    fields = models.JSONField("栏目", default=list)
    template = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="上级表样")
    heading_row = models.PositiveSmallIntegerField("表头行", null=True)
    headings = models.JSONField("表头", null=True)
    due_at = models.DateTimeField("报送期限")
    sent_at = models.DateTimeField("下发时间")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="下发人")
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(template__isnull=True, heading_row__isnull=True)
                | Q(template__isnull=False, heading_row__isnull=False),
                name="template_has_its_heading_row",
            ),
        )
        indexes = (
            models.Index(
                fields=("path", "-sent_at"),
                name="collection_of_path",
                opclasses=("text_pattern_ops", "timestamptz_ops"),
            ),
        )

    def __str__(self) -> str:
        return self.title


class Return(models.Model):
    """What one unit reports. ``values`` as in ledgers; ``digest`` covers them and who signed.

    ``rung``: the last level that was urged (1 unit, 2 county, 3 issuer); ``wakes_at``: when the sweep looks again.
    """

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="returns", verbose_name="报送事项")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="returns", verbose_name="填报单位")
    county = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="county_returns", verbose_name="县（区）")
    path = models.CharField("范围", max_length=200)
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="data_return", verbose_name="签收")
    values = models.JSONField("内容", default=dict)
    submitted_at = models.DateTimeField("报送时间", null=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签报人")
    signer_title = models.CharField("签报岗位", max_length=100, blank=True)
    digest = models.CharField("摘要", max_length=64, blank=True)
    returned_for = models.CharField("退回原因", max_length=300, blank=True)
    rung = models.PositiveSmallIntegerField("已催报级次", default=0)
    wakes_at = models.DateTimeField("下次催报", null=True)
    urged_at = models.DateTimeField("最近催报", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("collection", "unit"), name="return_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, signed_by__isnull=True)
                | Q(submitted_at__isnull=False, signed_by__isnull=False),
                name="return_is_signed",
            ),
        )
        indexes = (
            models.Index(fields=("path",), name="return_of_path", opclasses=("text_pattern_ops",)),
            models.Index(fields=("unit", "-collection"), name="return_of_unit"),
            models.Index(fields=("wakes_at",), condition=Q(wakes_at__isnull=False), name="return_wakes"),
        )

    def __str__(self) -> str:
        return f"{self.unit}：{self.collection}"
