"""Letters that urge, remind or supervise (督办函、提醒函、催办函): drafted, reviewed, issued as papers, answered."""

from django.db import models
from django.db.models import Q

from kuangan.core.models import Attachment, Notice, Unit, User
from kuangan.duty.models import Duty
from kuangan.paper.models import Paper


class LetterKind(models.TextChoices):
    """The kinds; each value is the template of its paper."""

    supervision_letter = "supervision_letter", "督办函"
    reminder_letter = "reminder_letter", "提醒函"
    urging_letter = "urging_letter", "催办函"


class LetterState(models.TextChoices):
    """Where a letter is. One that is sent back is a draft again."""

    draft = "draft", "草稿"
    submitted = "submitted", "待科（股）长审核"
    reviewed = "reviewed", "待负责人签发"
    issued = "issued", "已发出"
    dropped = "dropped", "已作废"


class Letter(models.Model):
    """One letter of an office to a unit of its area. ``path`` is the receiver's; ``paper`` exists once it is issued.

    ``matters`` and ``demands`` are its numbered lines; ``duties`` those it urges.
    """

    kind = models.CharField("种类", max_length=20, choices=LetterKind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="letters", verbose_name="发出单位")
    to = models.ForeignKey(Unit, models.PROTECT, related_name="letters_received", verbose_name="主送单位")
    path = models.CharField("范围", max_length=200)
    opening = models.TextField("事由")
    matters = models.JSONField("具体事项", default=list)
    demands = models.JSONField("办理要求", default=list)
    reply_due_on = models.DateField("回复期限")
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    state = models.CharField("状态", max_length=10, choices=LetterState.choices, default=LetterState.draft)
    duties = models.ManyToManyField(Duty, related_name="letters")
    drafted_at = models.DateTimeField("起草时间")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    opinion = models.CharField("审核（退回）意见", max_length=300, blank=True)
    paper = models.OneToOneField(Paper, models.PROTECT, null=True, related_name="letter", verbose_name="文书")
    notice = models.OneToOneField(Notice, models.PROTECT, null=True, related_name="letter", verbose_name="签收")
    issued_at = models.DateTimeField("发出时间", null=True)
    reply = models.TextField("回复", blank=True)
    replied_at = models.DateTimeField("回复时间", null=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="回复人")
    files = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="issued", paper__isnull=False, notice__isnull=False, issued_at__isnull=False)
                | (~Q(state="issued") & Q(paper__isnull=True, notice__isnull=True)),
                name="letter_issued_with_its_paper",
            ),
        )
        indexes = (
            models.Index(fields=("unit", "-drafted_at"), name="letter_of_unit"),
            models.Index(
                fields=("path", "-drafted_at"),
                name="letter_of_path",
                opclasses=("text_pattern_ops", "timestamptz_ops"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.to}）"
