"""From which day a unit works on the platform (启用日)."""

from django.db import models
from django.db.models import Q

from kuangan.core.models.unit import Unit
from kuangan.core.models.user import User


class GoLive(models.Model):
    """The day from which a unit, or with an area everybody in it, works on the platform; ``on`` None: it does not yet.

    A unit's own row goes before that of its area. Without any row a unit works from the beginning. ``ended_at``: another row took
    its place; what held before stays to be read.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="go_lives", verbose_name="单位")
    on = models.DateField("启用日", null=True)
    document = models.CharField("依据文号", max_length=80, blank=True)
    reason = models.CharField("事由", max_length=200, blank=True)
    set_at = models.DateTimeField("登记时间")
    set_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    ended_at = models.DateTimeField("更改时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("unit",), condition=Q(ended_at=None), name="go_live_one_in_force"),
            models.CheckConstraint(
                condition=Q(on=None) | ~Q(document="") & ~Q(reason=""), name="go_live_day_has_its_document"
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit}：{self.on or '未启用'}"
