"""How far the sweep has come where rows carry no due time of their own, regroupings that wait, and what rules said of ledgers."""

from django.db import models

from kuangan.casework.models import Case
from kuangan.core.models import Unit, User
from kuangan.mine.models import Mine
from kuangan.monitor.models import Episode


class Progress(models.Model):
    """The highest primary key a sweep has dealt with."""

    name = models.CharField(max_length=40, unique=True)
    reached = models.BigIntegerField(default=0)


class Regrouping(models.Model):
    """Joining a case into another, or splitting an episode off: proposed by one person, confirmed by another."""

    class Kind(models.TextChoices):
        """What is to be done."""

        joining = "join", "并案"
        splitting = "split", "拆分"

    kind = models.CharField(max_length=10, choices=Kind)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="regroupings")
    target = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="join", target__isnull=False, episode=None)
                | models.Q(kind="split", target=None, episode__isnull=False),
                name="regrouping_names_what_it_moves",
            ),
        ]


class RuleState(models.Model):
    """The newest outcome of a rule of topic ``ledger`` on one subject (a unit's code); ``mine`` where the subject is one.

    ``why``: the reason of what was found, or what is missing where it cannot be said.
    """

    class Outcome(models.TextChoices):
        """What the rule said."""

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
        constraints = [models.UniqueConstraint(fields=["rule", "subject"], name="one_state_of_a_rule_on_a_subject")]
        indexes = [models.Index(fields=["path"], name="rule_state_path", opclasses=["text_pattern_ops"])]


class RuleRun(models.Model):
    """How far a rule of topic ``ledger`` has come on a day, group by group of its subjects; ``done``: all of them.

    ``reached`` is the key of the last group; ``error`` why the last attempt failed.
    """

    rule = models.CharField("规则", max_length=60, unique=True)
    day = models.DateField("日期", null=True)
    reached = models.BigIntegerField("已判定至", default=0)
    done = models.BooleanField("已完成", default=False)
    tried_at = models.DateTimeField("执行时间")
    error = models.CharField("失败原因", max_length=300, blank=True)


class ChangedEntry(models.Model):
    """An entry that rules read was written, corrected or voided; the row lies in the entry's own transaction until it is judged."""

    ledger = models.CharField("台账", max_length=60)
    subjects = models.JSONField("对象")
    at = models.DateTimeField("时间")
