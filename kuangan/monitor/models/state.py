"""Where the ingest service stands: its journals, newest values, fold snapshots, the list of history files."""

from django.db import models
from django.db.models import Q

from kuangan.mine.models import Mine, Point


class LiveRow(models.Model):
    """A mine's newest values, arrays of one length as `monitor.packing` packs them.

    `points` int64 ids of points, `times` int64 seconds UTC, `values` int64 micro-units, `statuses` int32 bit masks.
    """

    mine = models.OneToOneField(Mine, models.CASCADE, primary_key=True, related_name="live", verbose_name="煤矿")
    at = models.DateTimeField("最新数据时间", null=True)
    received_at = models.DateTimeField("接收时间")
    points = models.BinaryField("测点")
    times = models.BinaryField("时间")
    values = models.BinaryField("数值")
    statuses = models.BinaryField("状态")
    highest = models.DecimalField("最高甲烷", max_digits=18, decimal_places=6, null=True)
    highest_point = models.ForeignKey(Point, models.SET_NULL, null=True, related_name="+", verbose_name="最高甲烷测点")
    open_episodes = models.PositiveIntegerField("正在超限", default=0)

    def __str__(self) -> str:
        return f"{self.mine} 实时数据"


class Cursor(models.Model):
    """One journal, and up to which of its numbers everything is in the database.

    ``identity`` is written in the journal's folder, too; it is empty in the row that the tables begin with (1), which
    the first journal takes. ``place``: the folder's name; a place has one journal that has not ended.
    ``replay_from``: what the fold snapshots lack starts there; older journal segments are not needed for a restart.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    identity = models.CharField("日志标识", max_length=32, blank=True, default="")
    place = models.CharField("目录", max_length=40, default="journal")
    journal_seq = models.BigIntegerField("流水号", default=0)
    replay_from = models.BigIntegerField("重放起点", default=0)
    saved_at = models.DateTimeField("保存时间")
    ended_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("identity",), name="journal_once"),
            models.UniqueConstraint(
                fields=("place",), condition=Q(ended_at__isnull=True), name="one_running_journal_a_place"
            ),
        )

    def __str__(self) -> str:
        return f"{self.identity[:8]}@{self.journal_seq}"


class JournalGap(models.Model):
    """Numbers that a journal should hold and does not; noticed once."""

    journal = models.ForeignKey(Cursor, models.CASCADE, related_name="gaps", verbose_name="接收日志")
    first_seq = models.BigIntegerField("起流水号")
    last_seq = models.BigIntegerField("止流水号")
    noticed_at = models.DateTimeField("发现时间")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("journal", "first_seq", "last_seq"), name="journal_gap_once"),)

    def __str__(self) -> str:
        return f"{self.first_seq}–{self.last_seq}"


class FoldSnapshot(models.Model):
    """The fold's state of one mine with everything up to `journal_seq` of `journal` folded in and written to the history.

    ``sha256`` is that of the blob; empty in rows of a release that kept none.
    """

    mine = models.OneToOneField(Mine, models.CASCADE, primary_key=True, related_name="fold", verbose_name="煤矿")
    blob = models.BinaryField("状态")
    sha256 = models.CharField("摘要", max_length=64, blank=True, default="")
    journal = models.ForeignKey(
        Cursor, models.PROTECT, default=1, db_index=False, related_name="+", verbose_name="接收日志"
    )
    journal_seq = models.BigIntegerField("流水号")
    saved_at = models.DateTimeField("保存时间")

    def __str__(self) -> str:
        return f"{self.mine} @{self.journal_seq}"


class HistoryPart(models.Model):
    """One Parquet file of readings as it was written: the list that says what history must hold.

    ``numbers``: the files whose readings it holds (see ``monitor.history.numbers``), None for a file of a release that
    did not say: then all of the span. ``lost_at``: it was missing or damaged and could not be made again whole.
    """

    journal = models.ForeignKey(
        Cursor, models.PROTECT, default=1, db_index=False, related_name="+", verbose_name="接收日志"
    )
    mine = models.ForeignKey(Mine, models.CASCADE, related_name="history_parts", verbose_name="煤矿")
    day = models.DateField("日期")
    name = models.CharField("文件名", max_length=120)
    first_seq = models.BigIntegerField("起流水号")
    last_seq = models.BigIntegerField("止流水号")
    numbers = models.BinaryField("流水号清单", null=True)
    rows = models.PositiveIntegerField("读数")
    size = models.BigIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    written_at = models.DateTimeField("写入时间")
    lost_at = models.DateTimeField("缺失时间", null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mine", "day", "name"), name="history_part_once"),)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
