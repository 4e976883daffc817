"""Alarms that we derive, alarms that the mine declares, filed calibrations and silences."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models import Attachment, Person, User
from kuangan.mine.models import Mine, Point


class Declaration(models.Model):
    """An alarm as the mine itself declared it (YCBJ); the same event is sent again and again and updated."""

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="declarations", verbose_name="煤矿")
    point = models.ForeignKey(Point, models.CASCADE, related_name="declarations", verbose_name="测点")
    kind = models.CharField("异常类型", max_length=3)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    peak = models.DecimalField("最大值", max_digits=18, decimal_places=6, null=True)
    peak_at = models.DateTimeField("最大值时刻", null=True)
    cause = models.CharField("异常原因", max_length=300, blank=True)
    measure = models.CharField("处理措施", max_length=300, blank=True)
    entered_by = models.CharField("录入人", max_length=40, blank=True)
    entered_at = models.DateTimeField("录入时间", null=True)
    file_at = models.DateTimeField("文件时间")
    received_at = models.DateTimeField("首次接收")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("point", "kind", "started_at"), name="declaration_once"),)

    def __str__(self) -> str:
        return f"{self.point} 申报 {self.kind}"


class PowerState(models.TextChoices):
    """What the first power-feed reading said at least 30 s after the power-off set-point was reached."""

    unknown = "unknown", "不明"
    dead = "dead", "已断电"
    energised = "energised", "仍带电"


class Proposal(models.TextChoices):
    """What the platform proposes an episode to be; a person decides."""

    none = "", "—"
    calibration = "calibration", "标校"


class Episode(models.Model):
    """One over-limit of one point (报警过程), derived from its readings; key (point, started_at).

    `ended_at` is the first reading below the re-power limit, `final_at` the moment after which no new rise can join it.
    `excluded`: its readings do not count (calibrating). `withdrawn`: a late reading re-judged it away.
    `reacted_at` empties whenever what must be reacted to changes: opened, ended, re-opened, final, withdrawn,
    proposal, power-off reached, power state known; each such change raises `revision`.
    """

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="episodes", verbose_name="煤矿")
    point = models.ForeignKey(Point, models.PROTECT, related_name="episodes", verbose_name="测点")
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    final_at = models.DateTimeField("终结时间", null=True)
    peak = models.DecimalField("最大值", max_digits=18, decimal_places=6)
    peak_at = models.DateTimeField("最大值时刻")
    readings = models.PositiveIntegerField("超限读数")
    excluded = models.BooleanField("不计", default=False)
    proposed = models.CharField("建议", max_length=12, choices=Proposal.choices, blank=True, default="")
    uncertain = models.BooleanField("存疑", default=False)
    withdrawn = models.BooleanField("撤回", default=False)
    power_off_at = models.DateTimeField("达断电值时间", null=True)
    power_state = models.CharField("断电情况", max_length=10, choices=PowerState.choices, default=PowerState.unknown)
    power_state_at = models.DateTimeField("断电情况时间", null=True)
    declared = models.ForeignKey(
        Declaration, models.SET_NULL, null=True, related_name="episodes", verbose_name="矿方申报"
    )
    limit_place = models.CharField("地点类别", max_length=40, blank=True)
    limit_alarm = models.DecimalField("报警值", max_digits=18, decimal_places=6)
    limit_power_off = models.DecimalField("断电值", max_digits=18, decimal_places=6, null=True)
    limit_re_power = models.DecimalField("复电值", max_digits=18, decimal_places=6)
    limit_strict = models.BooleanField("大于方计", default=False)
    limit_basis = models.CharField("限值依据", max_length=300, blank=True)
    corpus_digest = models.CharField("法规库摘要", max_length=64, blank=True)
    recorded_at = models.DateTimeField("首次入库")
    reacted_at = models.DateTimeField("已处置", null=True)
    revision = models.PositiveIntegerField("版次", default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("point", "started_at"), name="episode_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="episode_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(final_at__isnull=True) | Q(ended_at__isnull=False) | Q(withdrawn=True),
                name="episode_final_only_when_ended",
            ),
        )
        indexes = (
            models.Index(fields=("started_at",), condition=Q(reacted_at__isnull=True), name="episode_unreacted"),
            models.Index(
                fields=("mine", "started_at"), condition=Q(ended_at__isnull=True, withdrawn=False), name="episode_open"
            ),
            models.Index(fields=("mine", "-started_at"), name="episode_by_mine"),
        )

    def __str__(self) -> str:
        return f"{self.point} 超限"


class SilenceLevel(models.IntegerChoices):
    """How long a silence lasts, by the local values `feed.silence.*`."""

    warn = 1, "提醒"
    yellow = 2, "黄色"
    orange = 3, "橙色"
    fault = 4, "系统不能正常运行"


class SilenceKind(models.TextChoices):
    """Nothing comes, or something that does not count."""

    nothing = "", "无数据上传"
    emptied = "emptied", "无有效数值"
    paused = "paused", "标记为暂停"
    fault = "fault", "标记为传感器故障（断线）"
    station = "station", "标记为分站故障、不巡检"


class Silence(models.Model):
    """A feed (`point` empty) or a point that sends nothing (`kind`: nothing that counts), from its last reading until the next.

    `reacted_at` empties when the level rises and when the silence ends; each such change raises `revision`.
    """

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="silences", verbose_name="煤矿")
    point = models.ForeignKey(Point, models.CASCADE, null=True, related_name="silences", verbose_name="测点")
    started_at = models.DateTimeField("最后数据时间")
    ended_at = models.DateTimeField("恢复时间", null=True)
    kind = models.CharField("情形", max_length=10, choices=SilenceKind.choices, blank=True, default="", db_default="")
    level = models.PositiveSmallIntegerField("级别", choices=SilenceLevel.choices, default=SilenceLevel.warn)
    noticed_at = models.DateTimeField("发现时间")
    reacted_at = models.DateTimeField("已处置", null=True)
    revision = models.PositiveIntegerField("版次", default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("mine", "point", "started_at", "kind"), nulls_distinct=False, name="silence_once_of_a_kind"
            ),
        )
        indexes = (
            models.Index(fields=("started_at",), condition=Q(reacted_at__isnull=True), name="silence_unreacted"),
            models.Index(fields=("mine",), condition=Q(ended_at__isnull=True), name="silence_open"),
        )

    def __str__(self) -> str:
        return f"{self.point or self.mine} 数据中断"


class CalibrationFiling(models.Model):
    """A calibration that the mine filed for a point: an over-limit inside its time with a fitting value is not counted."""

    mine = models.ForeignKey(Mine, models.CASCADE, related_name="calibrations", verbose_name="煤矿")
    point = models.ForeignKey(Point, models.PROTECT, related_name="calibrations", verbose_name="测点")
    from_at = models.DateTimeField("开始时间")
    to_at = models.DateTimeField("结束时间")
    gas_value = models.DecimalField("标准气样浓度", max_digits=18, decimal_places=6)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="调校人员")
    person_name = models.CharField("调校人员姓名", max_length=40)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="报备人")
    filed_at = models.DateTimeField("报备时间")
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="调校记录")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="calibration_ends_after_start"),
        )
        indexes = (models.Index(fields=("point", "from_at"), name="calibration_by_point"),)

    def __str__(self) -> str:
        return f"{self.point} 标校报备"
