"""Samples of what was reported as done, and the verification of each duty drawn. Written by ``actions`` only."""

from django.db import models
from django.db.models import Q

from kuangan.core.models import Attachment, Unit, User
from kuangan.core.sealed import LONGEST
from kuangan.duty.models import Duty
from kuangan.duty.proof.grades import Grade
from kuangan.mine.models import Mine


class Verdict(models.TextChoices):
    """What was found about a duty that was reported as done."""

    true = "true", "属实"
    untrue = "untrue", "不属实"
    unshown = "unshown", "无法证实"


class Sample(models.Model):
    """The sample of one month among what the units below ``unit`` reported as done.

    ``own``: among the city's own units, verified by two counties that are drawn. ``record`` is what was committed to (see
    ``base.sampling``), ``pool`` what was frozen when the month was over, ``result`` the revealed seed and what was drawn. ``seed`` is kept
    as a sealed text (``core.sealed``). ``path`` is the unit's, for scope; that of the city's own sample is empty, so that no scope opens it.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="samples", verbose_name="核实单位")
    own = models.BooleanField("市级本级", default=False)
    path = models.CharField("范围", max_length=200, blank=True)
    month = models.CharField("月份", max_length=7)
    slug = models.CharField("公开地址", max_length=40, unique=True)
    record = models.JSONField("承诺内容")
    commitment = models.CharField("承诺摘要", max_length=64)
    seed = models.CharField("种子（密文）", max_length=LONGEST)
    committed_at = models.DateTimeField("承诺时间")
    pool = models.JSONField("抽取范围", null=True)
    pool_digest = models.CharField("范围摘要", max_length=64, blank=True)
    frozen_at = models.DateTimeField("冻结时间", null=True)
    result = models.JSONField("抽取结果", null=True)
    drawn_at = models.DateTimeField("抽取时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("unit", "month", "own"), name="sample_once_a_month"),
            models.CheckConstraint(
                condition=Q(pool__isnull=True, frozen_at=None) | Q(pool__isnull=False, frozen_at__isnull=False),
                name="sample_frozen_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(result__isnull=True, drawn_at=None)
                | Q(result__isnull=False, drawn_at__isnull=False, frozen_at__isnull=False),
                name="sample_drawn_is_whole",
            ),
        )
        indexes = (models.Index(fields=("month",), name="sample_undrawn", condition=Q(drawn_at=None)),)

    def __str__(self) -> str:
        return f"{self.unit} {self.month} 抽查核实"

    @property
    def seed_place(self) -> str:
        """Where the sealed seed belongs."""
        return f"sample_sample.seed/{self.slug}"


class Verification(models.Model):
    """One duty drawn, and what was found about it.

    ``unit`` owes the duty, ``path`` is its path; ``by_unit`` looks, ``confirm_unit`` confirms (two different persons). Until
    ``confirmed_at`` the owing unit knows nothing of it. ``verdict`` is what was written, ``outcome`` what holds: empty until it is
    confirmed, and true where the level above followed the unit's objection. ``looked_at``: values of :class:`~kuangan.core.models.LookedAt`.
    """

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="verifications", verbose_name="抽查")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="verifications", verbose_name="事项")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="verified", verbose_name="责任单位")
    mine = models.ForeignKey(Mine, models.PROTECT, null=True, related_name="verifications", verbose_name="涉及煤矿")
    path = models.CharField("范围", max_length=200)
    grade = models.CharField("证明程度", max_length=10, choices=Grade.choices)
    share = models.PositiveSmallIntegerField("抽查比例")
    by_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="核实单位")
    confirm_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="确认单位")
    drawn_at = models.DateTimeField("抽取时间")
    due_at = models.DateTimeField("核实期限")
    wakes_at = models.DateTimeField("下次提醒", null=True)
    verdict = models.CharField("结论", max_length=10, choices=Verdict.choices, blank=True)
    looked_at = models.JSONField("查看内容", default=list)
    place = models.CharField("核实地点", max_length=200, blank=True)
    account = models.TextField("核实情况", blank=True)
    attachments = models.ManyToManyField(Attachment, related_name="+")
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核实人")
    judged_at = models.DateTimeField("核实时间", null=True)
    returned_for = models.CharField("退回理由", max_length=300, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    outcome = models.CharField("认定结果", max_length=10, choices=Verdict.choices, blank=True)
    objection = models.TextField("异议", blank=True)
    objected_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="异议人")
    objected_at = models.DateTimeField("异议时间", null=True)
    answer = models.TextField("复核意见", blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    answered_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sample", "duty"), name="verification_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None, outcome="")
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False, judged_by__isnull=False) & ~Q(outcome="")),
                name="verification_confirmed_is_whole",
            ),
        )
        indexes = (
            models.Index(fields=("by_unit", "due_at"), condition=Q(confirmed_at=None), name="verification_waits"),
            models.Index(fields=("wakes_at",), condition=Q(wakes_at__isnull=False), name="verification_wakes"),
            models.Index(
                fields=("unit", "confirmed_at"), condition=Q(confirmed_at__isnull=False), name="verification_done"
            ),
            models.Index(
                fields=("path", "confirmed_at"),
                name="verification_path",
                opclasses=("text_pattern_ops", "timestamptz_ops"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.duty.title}"
