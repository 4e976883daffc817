"""Measuring points and their dated definitions: a set-point changed in secret is an offence, so nothing is overwritten."""

from django.db import models
from django.db.models import Q

from kuangan.core.models import User
from kuangan.mine.models.mine import Mine
from kuangan.mine.models.part import Face


class ValueKind(models.TextChoices):
    """测点数值类型."""

    MN = "MN", "模拟量"
    KG = "KG", "开关量"
    LJ = "LJ", "累计量"
    DT = "DT", "多态量"


class Point(models.Model):
    """A measuring point, identified by the code its mine reports.

    `place` is an id of `corpus/limits` that a person confirmed; `place_proposed` is what the text of the place suggests.
    `face` and `place` are those of now; at which it stood when, :class:`Placement` says. `refused_face` and `refused_place`: what was
    proposed for it and refused, so that it is not proposed again.
    `dismantled_at`: a person of the bureau found that it stands no more; until it sends again it is not expected to.
    `decimals` fixes the step in which values are kept: value × 10^decimals. It never changes, since history relies on it.
    """

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="points", verbose_name="煤矿")
    native_code = models.CharField("测点编码", max_length=80)
    system = models.CharField("系统", max_length=2)
    sensor_type = models.CharField("传感器类型", max_length=4)
    value_kind = models.CharField("数值类型", max_length=2, choices=ValueKind.choices)
    unit = models.CharField("单位", max_length=20, blank=True)
    station = models.CharField("分站", max_length=40, blank=True)
    place_text = models.CharField("安装位置", max_length=200, blank=True)
    face = models.ForeignKey(Face, models.SET_NULL, null=True, blank=True, related_name="points", verbose_name="工作面")
    place = models.CharField("地点类别", max_length=40, blank=True)
    place_proposed = models.CharField("建议地点类别", max_length=40, blank=True)
    place_confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地点确认人"
    )
    place_confirmed_at = models.DateTimeField("地点确认时间", null=True, blank=True)
    refused_face = models.ForeignKey(
        Face, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="不予采纳的工作面"
    )
    refused_place = models.CharField("不予采纳的地点类别", max_length=40, blank=True, default="", db_default="")
    faced_at = models.DateTimeField("工作面确认时间", null=True, blank=True)
    decimals = models.PositiveSmallIntegerField("小数位", default=2)
    first_seen_at = models.DateTimeField("首次上报")
    dismantled_at = models.DateTimeField("核定拆除时间", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("mine", "native_code"), name="point_code_once_per_mine"),
            models.CheckConstraint(
                condition=Q(place="", place_confirmed_by__isnull=True, place_confirmed_at__isnull=True)
                | (~Q(place="") & Q(place_confirmed_by__isnull=False, place_confirmed_at__isnull=False)),
                name="point_place_names_who_confirmed",
            ),
        )

    def __str__(self) -> str:
        return self.place_text or self.native_code


class Placement(models.Model):
    """At which face and place a point stood from a moment until before another (None: until now). Spells of one point never overlap.

    A point without a spell at a moment stood at no registered face then. ``basis``: the paper, or why.
    """

    point = models.ForeignKey(Point, models.CASCADE, related_name="placements", verbose_name="测点")
    face = models.ForeignKey(Face, models.PROTECT, null=True, related_name="placements", verbose_name="工作面")
    place = models.CharField("地点类别", max_length=40, blank=True)
    from_at = models.DateTimeField("自")
    to_at = models.DateTimeField("至", null=True)
    basis = models.CharField("依据", max_length=120, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("point",), condition=Q(to_at=None), name="placement_one_of_now"),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gt=models.F("from_at")), name="placement_ends_after_start"
            ),
        )
        indexes = (
            models.Index(fields=("point", "from_at"), name="placement_of_point"),
            models.Index(fields=("face", "from_at"), name="placement_of_face", condition=Q(face__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.point} {self.face or '（未归属工作面）'}（{self.from_at:%Y-%m-%d %H:%M} 起）"


class PointDefinition(models.Model):
    """What the mine said about a point from a moment on (CDDY). Empty numbers: the mine gave none."""

    point = models.ForeignKey(Point, models.CASCADE, related_name="definitions", verbose_name="测点")
    valid_from = models.DateTimeField("自")
    alarm = models.DecimalField("上限报警", max_digits=18, decimal_places=6, null=True)
    alarm_release = models.DecimalField("上限解报", max_digits=18, decimal_places=6, null=True)
    power_off = models.DecimalField("上限断电", max_digits=18, decimal_places=6, null=True)
    re_power = models.DecimalField("上限复电", max_digits=18, decimal_places=6, null=True)
    low_alarm = models.DecimalField("下限报警", max_digits=18, decimal_places=6, null=True)
    low_alarm_release = models.DecimalField("下限解报", max_digits=18, decimal_places=6, null=True)
    low_power_off = models.DecimalField("下限断电", max_digits=18, decimal_places=6, null=True)
    low_re_power = models.DecimalField("下限复电", max_digits=18, decimal_places=6, null=True)
    range_high = models.DecimalField("高量程", max_digits=18, decimal_places=6, null=True)
    range_low = models.DecimalField("低量程", max_digits=18, decimal_places=6, null=True)
    on_text = models.CharField("开描述", max_length=40, blank=True)
    off_text = models.CharField("停描述", max_length=40, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    place_text = models.CharField("安装位置", max_length=200, blank=True)
    relations = models.TextField("关联关系", blank=True)
    source = models.CharField("来源文件", max_length=120, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("point", "valid_from"), name="definition_once_per_moment"),)

    def __str__(self) -> str:
        return f"{self.point}（{self.valid_from:%Y-%m-%d %H:%M} 起）"


class DefinitionChange(models.Model):
    """A recorded alarm: the mine changed a set-point, a range or a place. Open until somebody notices it."""

    point = models.ForeignKey(Point, models.CASCADE, related_name="changes", verbose_name="测点")
    at = models.DateTimeField("变更时间")
    before = models.JSONField("变更前")
    after = models.JSONField("变更后")
    source = models.CharField("来源文件", max_length=120, blank=True)
    noticed_at = models.DateTimeField("知悉时间", null=True)
    noticed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="知悉人")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("point", "at"), name="change_once_per_moment"),
            models.CheckConstraint(
                condition=Q(noticed_at__isnull=True, noticed_by__isnull=True)
                | Q(noticed_at__isnull=False, noticed_by__isnull=False),
                name="change_notice_names_who",
            ),
        )
        indexes = (models.Index(fields=("at",), condition=Q(noticed_at__isnull=True), name="change_unnoticed"),)

    def __str__(self) -> str:
        return f"{self.point} {self.at:%Y-%m-%d %H:%M} 定义变更"
