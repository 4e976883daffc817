"""Who urged whom about what, so that urging keeps its measure."""

from django.db import models

from kuangan.core.models.unit import Unit
from kuangan.core.models.user import User


class Urging(models.Model):
    """One reminder by hand. ``matter`` names what it was about (``duty/5``, ``circular/3``)."""

    matter = models.CharField("事项", max_length=60)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="催办人")
    to = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="被催办单位")
    at = models.DateTimeField("时间")

    class Meta:
        indexes = (models.Index(fields=("by", "matter", "to", "at"), name="urging_of_sender"),)

    def __str__(self) -> str:
        return f"{self.by} {self.matter}"
