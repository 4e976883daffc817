"""Random draws. What was published never changes; written by ``actions`` only."""

from django.db import models
from django.db.models import Q, Value

from kuangan.base.clock import civil_date
from kuangan.core.models import Unit, User
from kuangan.core.sealed import LONGEST


class Draw(models.Model):
    """One draw. ``record`` is what was published before it (see ``base.lottery``); ``seed`` stays secret until it is drawn.

    ``result`` is the part ``draw`` of the public record; the public sees it from ``public_on`` on, so that the mines
    drawn are not warned. ``prepared_*`` is what its officer has laid down for the moment of the draw, ``outside_*`` the words of a
    witness without account; ``witnessed_by`` is the second person, whose confirmation made the draw. ``recusals`` (reason by key
    of the person) are for the unit alone. A draw that repeats others waits for ``repeat_agreed_by``. ``path`` is the drawing unit's, for scope; ``seed`` is kept as a sealed text (``core.sealed``).
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="draws", verbose_name="组织单位")
    path = models.CharField("范围", max_length=200)
    title = models.CharField("名称", max_length=100)
    slug = models.CharField("公开地址", max_length=40, unique=True)
    record = models.JSONField("事前公布内容")
    commitment = models.CharField("承诺摘要", max_length=64)
    seed = models.CharField("种子（密文）", max_length=LONGEST)
    published_at = models.DateTimeField("公布时间")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="公布人")
    result = models.JSONField("抽取结果", null=True)
    drawn_at = models.DateTimeField("抽取时间", null=True)
    drawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="抽取人")
    public_on = models.DateField("结果公开日期", null=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提请抽取人")
    prepared_at = models.DateTimeField("提请抽取时间", null=True)
    prepared_for = models.DateField("拟定结果公开日期", null=True)
    outside_witness = models.CharField("平台外见证人", max_length=40, blank=True, default="", db_default="")
    outside_text = models.CharField("平台外见证内容", max_length=200, blank=True, default="", db_default="")
    witnessed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="见证确认人")
    recusals = models.JSONField("回避理由", default=dict, db_default=Value({}, models.JSONField()))
    repeat_agreed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="重复抽取同意人"
    )
    cancelled_at = models.DateTimeField("作废时间", null=True)
    cancelled_for = models.CharField("作废原因", max_length=300, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(result__isnull=True, drawn_at=None, drawn_by=None, public_on=None)
                | Q(result__isnull=False, drawn_at__isnull=False, drawn_by__isnull=False, public_on__isnull=False),
                name="draw_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(drawn_at=None) | Q(cancelled_at=None), name="draw_made_is_not_cancelled"
            ),
        )
        indexes = (
            models.Index(
                fields=("path", "-published_at"), name="draw_listed", opclasses=("text_pattern_ops", "timestamptz_ops")
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """The number under which what it decided names it."""
        return f"抽〔{civil_date(self.published_at).year}〕{self.pk}号"

    @property
    def seed_place(self) -> str:
        """Where the sealed seed belongs."""
        return f"draw_draw.seed/{self.slug}"
