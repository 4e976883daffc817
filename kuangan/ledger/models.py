"""Entries of ledgers. An entry is corrected by a further version, never overwritten. Written by ``actions`` only."""

from django.db import models
from django.db.models import Q

from kuangan.core.models import Attachment, LookedAt, Unit, User
from kuangan.mine.models import Mine


class Entry(models.Model):
    """One version of one entry. Versions of an entry share ``serial`` (the primary key of the first one).

    ``values`` by field as JSON: dates and moments in ISO form, decimals as text, units and mines by code, files as
    attachment ids; an empty field is missing. ``on`` and ``until`` are its dated fields, ``key`` the digest of its key fields.
    ``path`` is the mine's, or the keeping unit's where no mine is concerned. Current is the version without ``superseded_at``
    that is not voided; a voided entry stays as a last version with its reason.

    ``confirmed`` names the parts that somebody else wrote (``law.procedure.confirming``) and that hold in this version, separated by blanks;
    ``waits_for`` the part that is to be written next, "" for none.
    """

    ledger = models.CharField("台账", max_length=60)
    serial = models.BigIntegerField("条目", null=True)
    version = models.PositiveSmallIntegerField("版本", default=1)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="entries", verbose_name="记录单位")
    mine = models.ForeignKey(Mine, models.PROTECT, null=True, related_name="entries", verbose_name="煤矿")
    path = models.CharField("范围", max_length=200)
    on = models.DateField("日期")
    until = models.DateField("有效期至", null=True)
    key = models.CharField("唯一键", max_length=64, blank=True)
    values = models.JSONField("内容", default=dict)
    recorded_at = models.DateTimeField("记录时间")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="记录人")
    reason = models.CharField("更正原因", max_length=300, blank=True)
    superseded_at = models.DateTimeField("被更正时间", null=True)
    voided = models.BooleanField("已作废", default=False)
    confirmed = models.CharField("已由他方填写的部分", max_length=200, blank=True, default="", db_default="")
    waits_for = models.CharField("待他方填写的部分", max_length=40, blank=True, default="", db_default="")

    class Meta:
        indexes = (
            models.Index(
                fields=("ledger", "path", "-on", "-id"),
                name="entry_listed",
                condition=Q(superseded_at=None, voided=False),
                opclasses=("text_ops", "text_pattern_ops", "date_ops", "int8_ops"),
            ),
            models.Index(
                fields=("ledger", "-on", "-id"), name="entry_newest", condition=Q(superseded_at=None, voided=False)
            ),
            models.Index(fields=("serial", "version"), name="entry_versions"),
            models.Index(
                fields=("ledger", "waits_for", "recorded_at"),
                name="entry_waits",
                condition=Q(superseded_at=None, voided=False) & ~Q(waits_for=""),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("ledger", "unit", "key"),
                condition=Q(superseded_at=None, voided=False) & ~Q(key=""),
                name="entry_key_once",
            ),
            models.UniqueConstraint(
                fields=("serial",), condition=Q(superseded_at=None, serial__isnull=False), name="entry_one_current"
            ),
        )

    def __str__(self) -> str:
        return f"{self.ledger}#{self.serial} v{self.version}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that somebody else wrote."""
        return tuple(self.confirmed.split())


class EntryConfirmation(models.Model):
    """Somebody else than the keeper wrote a part of an entry, with what he looked at, or sent the entry back.

    ``entry``: the version that he made; where it was sent back the version that he looked at.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="confirmations", verbose_name="条目")
    part = models.CharField("部分", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="填写单位")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="填写人")
    at = models.DateTimeField("填写时间")
    accepted = models.BooleanField("予以确认")
    sight = models.CharField("查看方式", max_length=12, choices=LookedAt.choices)
    opinion = models.CharField("意见", max_length=300)

    class Meta:
        indexes = (models.Index(fields=("unit", "-at"), name="confirmation_of_unit"),)


class EntryFile(models.Model):
    """An attachment that a version of an entry names, so that it can be opened by whoever may see the entry."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="files", verbose_name="条目")
    field = models.CharField("栏目", max_length=60)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="附件")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "field", "attachment"), name="entry_file_once"),)


class Tally(models.Model):
    """How many current entries a unit has of a ledger below one path, and their newest day; kept by the actions.

    Only so that the list of ledgers is quick with millions of entries; no rule and no duty rests on it.
    """

    ledger = models.CharField("台账", max_length=60)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name="记录单位")
    path = models.CharField("范围", max_length=200)
    entries = models.PositiveIntegerField("条目数", default=0)
    newest = models.DateField("最近日期", null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("ledger", "unit", "path"), name="tally_once"),)


class ImportState(models.TextChoices):
    reading = "reading", "读取中"
    previewed = "previewed", "待确认"
    queued = "queued", "导入中"
    imported = "imported", "已导入"
    dropped = "dropped", "已放弃"


class Import(models.Model):
    """An uploaded sheet: what it would add, which rows are refused and why. All of it is added, or nothing.

    ``rows``: the accepted rows as values, until they are entries; ``total``: how many; ``refused``: row number, field and reason of each refused one.
    ``read``: rows with anything in them; what is neither in ``total`` nor refused was not looked at any more. ``blank``: rows
    without content between them; ``notes``: what else of the workbook was not taken, in words.
    A large sheet waits as ``reading`` for the sweep first; one that can't be read ends as dropped, with the reason in ``notes``.
    Confirmed, it waits as ``queued`` for the sweep; ``done`` counts the rows written so far, for the progress shown while it runs.
    """

    ledger = models.CharField("台账", max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="记录单位")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    name = models.CharField("文件名", max_length=120)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="原件")
    state = models.CharField("状态", max_length=10, choices=ImportState.choices, default=ImportState.previewed)
    rows = models.JSONField("可导入行", default=list)
    refused = models.JSONField("不予导入行", default=list)
    total = models.PositiveIntegerField("行数", default=0)
    read = models.PositiveIntegerField("读取行数", default=0)
    blank = models.PositiveIntegerField("空白行数", default=0)
    notes = models.JSONField("未导入的内容", default=list)
    done = models.PositiveIntegerField("已写入", default=0)
    at = models.DateTimeField("上传时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        indexes = (
            models.Index(fields=("by", "-at"), name="import_of_user"),
            models.Index(fields=("at",), condition=Q(state=ImportState.queued), name="import_queued"),
        )
