"""Workbooks of the city that were uploaded, row by row what they would change, and what headings of other origin mean."""

from collections import Counter

from django.db import models
from django.db.models import Q

from kuangan.core.models import AccountRequest, Attachment, Unit, User


class BookState(models.TextChoices):
    reading = "reading", "读取中"
    previewed = "previewed", "待处理"
    asked = "asked", "待审批"
    queued = "queued", "写入中"
    applied = "applied", "已写入"
    dropped = "dropped", "已放弃"


class CityBook(models.Model):
    """An uploaded workbook. All of it is written from the day ``on``, or nothing.

    It waits as ``reading`` to be compared and as ``queued`` to be written by the job beside the sweep; ``done`` of ``total`` and ``stage``
    say how far that is, ``attempts`` how often it was begun. ``sheets``: of each sheet its title, counts by state of a row, unread headings and
    why none of its rows was read; ``passed``: sheets that belong to no part of it. ``digest``: of everything that would be written.
    ``posts`` and ``entries``: posts that two must agree on, and how many rows of ledgers. ``note``: why it came back to be looked at again.
    """

    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    name = models.CharField("文件名", max_length=120)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="工作簿")
    on = models.DateField("自")
    state = models.CharField("状态", max_length=10, choices=BookState.choices, default=BookState.reading)
    sheets = models.JSONField("各表", default=list)
    passed = models.JSONField("没有读取的工作表", default=list)
    digest = models.CharField("差异摘要", max_length=64, blank=True)
    posts = models.JSONField("须审批的岗位", default=list)
    entries = models.PositiveIntegerField("台账条目数", default=0)
    refused_rows = models.ForeignKey(
        Attachment, models.PROTECT, null=True, related_name="+", verbose_name="不能导入的行"
    )
    request = models.ForeignKey(AccountRequest, models.PROTECT, null=True, related_name="+", verbose_name="审批")
    total = models.PositiveIntegerField("行数", default=0)
    done = models.PositiveIntegerField("已处理", default=0)
    stage = models.CharField("进度", max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    note = models.CharField("说明", max_length=600, blank=True)
    at = models.DateTimeField("上传时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("id",), condition=Q(state__in=("reading", "asked", "queued")), name="city_book_waiting"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def counts(self) -> Counter[str]:
        """How many of its rows are new, changed, the same and refused, by state."""
        total: Counter[str] = Counter()
        for sheet in self.sheets:
            total.update(sheet["counts"])
        return total

    @property
    def changed(self) -> int:
        """How many rows would be written."""
        return self.counts["new"] + self.counts["changed"]

    @property
    def refused(self) -> bool:
        """Whether anything of it can't be taken: then nothing is."""
        return bool(self.counts["refused"]) or any(sheet["fault"] for sheet in self.sheets)


class BookLine(models.Model):
    """A row of a book that is new, differs or can't be taken. ``said``: of each column its label and two texts: before and after, or given and reason.

    ``signs``: it needs a second administrator.
    """

    book = models.ForeignKey(CityBook, models.CASCADE, related_name="lines", verbose_name="工作簿")
    sheet = models.CharField("工作表", max_length=31)
    place = models.PositiveSmallIntegerField("工作表次序")
    number = models.PositiveIntegerField("行")
    state = models.CharField("结果", max_length=10)
    key = models.CharField("对象", max_length=300)
    said = models.JSONField("内容", default=list)
    signs = models.BooleanField("须审批", default=False)

    class Meta:
        indexes = (models.Index(fields=("book", "state", "place", "number"), name="book_line_in_order"),)


class ToldHeading(models.Model):
    """What a heading of other origin means in a sheet: a field, "" for nothing. Told once, used for every book."""

    sheet = models.CharField("工作表", max_length=31)
    heading = models.CharField("栏目", max_length=100)
    field = models.CharField("对应", max_length=60, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sheet", "heading"), name="told_heading_once"),)


class ExportState(models.TextChoices):
    waiting = "waiting", "导出中"
    ready = "ready", "可下载"
    failed = "failed", "未完成"
    gone = "gone", "已过期删除"


class DataExport(models.Model):
    """What a person asked to have written out: everything that he sees, of one ``unit`` where it is named. The file is his alone."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    state = models.CharField("状态", max_length=10, choices=ExportState.choices, default=ExportState.waiting)
    stage = models.CharField("进度", max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    files = models.PositiveIntegerField("文件数", default=0)
    size = models.PositiveBigIntegerField("字节数", default=0)
    digest = models.CharField("清单摘要", max_length=64, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("提出时间")
    ended_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        indexes = (
            models.Index(fields=("by", "-id"), name="data_export_of_person"),
            models.Index(fields=("id",), condition=Q(state="waiting"), name="data_export_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.by} {self.pk}"
