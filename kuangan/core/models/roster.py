"""The roster: who is on duty in which shift."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models.post import ROLE_CHOICES, Person
from kuangan.core.models.unit import Unit


class Shift(models.TextChoices):
    """The three shifts of a day."""

    early = "early", "早班"
    middle = "middle", "中班"
    night = "night", "夜班"


class Roster(models.Model):
    """One person on duty in one shift; `ends_at` itself belongs to the next shift."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rosters", verbose_name="单位")
    on = models.DateField("日期")
    shift = models.CharField("班次", max_length=10, choices=Shift.choices)
    role = models.CharField("角色", max_length=30, choices=ROLE_CHOICES)
    person = models.ForeignKey(Person, models.PROTECT, related_name="rosters", verbose_name="值班人员")
    starts_at = models.DateTimeField("接班时间")
    ends_at = models.DateTimeField("交班时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("unit", "on", "shift", "role", "person"), name="roster_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="roster_ends_after_start"),
        )
        indexes = (models.Index(fields=("unit", "ends_at"), name="roster_unit_end"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.on} {self.get_shift_display()} {self.person}"
