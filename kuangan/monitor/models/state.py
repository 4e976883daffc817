"""Where the ingest service stands: newest values, fold snapshots, journal cursor."""

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


class FoldSnapshot(models.Model):
    """The fold's state of one mine with everything up to `journal_seq` folded in and written to the history."""

    mine = models.OneToOneField(Mine, models.CASCADE, primary_key=True, related_name="fold", verbose_name="煤矿")
    blob = models.BinaryField("状态")
    journal_seq = models.BigIntegerField("流水号")
    saved_at = models.DateTimeField("保存时间")

    def __str__(self) -> str:
        return f"{self.mine} @{self.journal_seq}"


class Cursor(models.Model):
    """The one row that says up to which journal number everything is in the database.

    `replay_from`: what the fold snapshots lack starts there; older journal segments are not needed for a restart.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    journal_seq = models.BigIntegerField("流水号", default=0)
    replay_from = models.BigIntegerField("重放起点", default=0)
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_cursor"),)

    def __str__(self) -> str:
        return f"@{self.journal_seq}"
