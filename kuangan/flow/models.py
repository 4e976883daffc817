"""How far the sweep has come where rows carry no due time of their own, regroupings that wait, and what rules said of ledgers."""

from django.db import models

from kuangan.casework.models import Case
from kuangan.core.models import Unit, User
from kuangan.monitor.models import Episode


class Progress(models.Model):
    """The highest primary key a sweep has dealt with."""

    name = models.CharField(max_length=40, unique=True)
    reached = models.BigIntegerField(default=0)


class Regrouping(models.Model):
    """Joining a case into another, or splitting an episode off: proposed by one person, confirmed by another."""

    class Kind(models.TextChoices):
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


class Untold(models.Model):
    """An alarm that waits to be told to those on duty in the next summary; the row goes when they are told."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="untold", verbose_name="办件")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name="值班单位")
    words = models.CharField("内容", max_length=300)
    since = models.DateTimeField("自", db_index=True)


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
