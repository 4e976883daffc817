"""What rules on ledgers said last, subject by subject."""

from django.db import models

from kuangan.core.models import Unit
from kuangan.mine.models import Mine


class RuleState(models.Model):
    """The newest outcome of a rule of topic ``ledger`` on one subject (a unit's code); ``mine`` where the subject is one.

    ``why``: the reason of what was found, or what is missing where it cannot be said.
    """

    class Outcome(models.TextChoices):
        found = "found", "违反"
        clear = "clear", "符合"
        unknown = "unknown", "不明"

    rule = models.CharField("规则", max_length=60)
    measure = models.CharField("措施", max_length=10)
    subject = models.CharField("对象", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rule_states", verbose_name="单位")
    mine = models.ForeignKey(Mine, models.PROTECT, null=True, related_name="rule_states", verbose_name="煤矿")
    path = models.CharField("范围", max_length=200)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    why = models.TextField("说明", blank=True)
    at = models.DateTimeField("判定时间")

    class Meta:
        app_label = "flow"  # the table stays where it was made
        constraints = [models.UniqueConstraint(fields=["rule", "subject"], name="one_state_of_a_rule_on_a_subject")]
        indexes = [models.Index(fields=["path"], name="rule_state_path", opclasses=["text_pattern_ops"])]
