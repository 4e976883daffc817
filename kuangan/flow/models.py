"""How far the sweep has come where rows carry no due time of their own, regroupings that wait, what rules said of ledgers, changes of the register."""

from django.db import models
from django.db.models import Q

from kuangan.casework.models import Case
from kuangan.core.models import AccountRequest, Attachment, Unit, User
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


class RegisterChange(models.Model):
    """One dated, documented act about a unit, post, person, mine, face or point, of a kind of ``flow.changes.kinds``.

    ``subject`` is its text (``core.subject``), ``about`` what it was called then, ``unit`` in whose file it stands; ``said``: the values as
    people read them, by label. ``asked_for``: the unit for which it was made or proposed. Proposed until somebody decides
    (``request``: until two administrators do), then it waits for its day, on which it comes into effect or, with ``answer``, does not.

    ``outcome``: what it did, as far as a correction needs it. ``corrects``: the change in whose place this one comes; it is taken back
    and, unless ``takes_back``, done anew with these values.
    """

    class State(models.TextChoices):
        proposed = "proposed", "待审核"
        waiting = "waiting", "待生效"
        in_effect = "in_effect", "已生效"
        refused = "refused", "未同意"
        failed = "failed", "未能生效"
        withdrawn = "withdrawn", "已撤回"
        corrected = "corrected", "已更正"

    kind = models.CharField("事项", max_length=60)
    subject = models.CharField("对象", max_length=80)
    about = models.CharField("对象名称", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="register_changes", verbose_name="单位")
    values = models.JSONField("内容", default=dict)
    said = models.JSONField("内容（文字）", default=list)
    effective_on = models.DateField("生效日期")
    document = models.CharField("文号", max_length=80, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="文件")
    reason = models.CharField("事由", max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_for = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="提出单位")
    asked_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("审核时间", null=True)
    answer = models.CharField("审核意见", max_length=300, blank=True)
    request = models.OneToOneField(
        AccountRequest, models.PROTECT, null=True, related_name="register_change", verbose_name="双人审批"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices)
    carried_at = models.DateTimeField("办理时间", null=True)
    outcome = models.JSONField("办理结果", default=dict)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name="更正的变更"
    )
    takes_back = models.BooleanField("撤销原变更", default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("in_effect", "corrected"), carried_at__isnull=False)
                | (~Q(state__in=("in_effect", "corrected")) & Q(carried_at=None)),
                name="change_in_effect_was_carried_out",
            ),
            models.UniqueConstraint(
                fields=("corrects",),
                condition=Q(state__in=("proposed", "waiting", "in_effect")),
                name="change_corrected_once",
            ),
        )
        indexes = (
            models.Index(fields=("-asked_at", "-id"), name="change_asked"),
            models.Index(fields=("unit", "-asked_at"), name="change_of_unit"),
            models.Index(fields=("subject", "-asked_at"), name="change_of_subject"),
            models.Index(fields=("effective_on",), condition=Q(state="waiting"), name="change_waits"),
            models.Index(fields=("request",), condition=Q(state="proposed", request__isnull=False), name="change_asks"),
        )

    def __str__(self) -> str:
        return f"{self.about} {self.kind}（{self.effective_on}）"
