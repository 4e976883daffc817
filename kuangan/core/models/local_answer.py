"""What a city has answered to open questions of law: the file as it was taken over, who stands for it, what it changed."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models.attachment import Attachment
from kuangan.core.models.user import User
from kuangan.law.local import key_now


class LocalAnswer(models.Model):
    """One version of one file of answers (``name``), or with ``undoes`` the end of one.

    Proposed by the console; the head says with his signature that he decided it (``headed_at``), then the second person (``second``)
    signs; in force from that signature (``confirmed_at``) until ``ended_at``. ``text`` is the file as it was then, so that what lies in the data folder later changes nothing;
    ``values`` the keys with value and first day. ``effect``: the difference that was shown before the signatures, ``outcome`` the one
    that came about; ``settled_at``: everything was judged again. ``dropped_at``: proposed and not
    signed, because another took its place or the second person refused, with his reason (``refused_for``).
    """

    name = models.CharField("文件", max_length=60)
    text = models.TextField("内容", blank=True)
    digest = models.CharField("摘要", max_length=64)
    values = models.JSONField("取值", default=dict)
    document = models.CharField("文号", max_length=80)
    decided_by = models.CharField("决定机关", max_length=100)
    decided_on = models.DateField("决定日期")
    scan = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="决定文件")
    head = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="决定人")
    second = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="复核人")
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="撤回的答复")
    effect = models.JSONField("影响", default=dict)
    proposed_at = models.DateTimeField("提出时间")
    headed_at = models.DateTimeField("决定签署时间", null=True)
    dropped_at = models.DateTimeField("未签署终止时间", null=True)
    refused_for = models.CharField("不同意的理由", max_length=300, blank=True, db_default="")
    confirmed_at = models.DateTimeField("生效时间", null=True)
    ended_at = models.DateTimeField("终止时间", null=True)
    settled_at = models.DateTimeField("重新判定完成时间", null=True)
    outcome = models.JSONField("实际变化", default=dict)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(head=F("second")), name="local_answer_two_persons"),
            models.UniqueConstraint(
                fields=("name",),
                condition=Q(confirmed_at__isnull=False, ended_at=None, undoes=None),
                name="local_answer_in_force_once",
            ),
            models.UniqueConstraint(
                fields=("name",), condition=Q(confirmed_at=None, dropped_at=None), name="local_answer_waits_once"
            ),
        )
        indexes = (models.Index(fields=("confirmed_at",), condition=Q(settled_at=None), name="local_answer_unsettled"),)

    def __str__(self) -> str:
        return f"{self.name} {self.document}"

    @property
    def keys(self) -> frozenset[str]:
        """The keys that it answers, as this version names them; what was signed goes on naming those of its day."""
        return frozenset(map(key_now, self.values))

    @property
    def waits(self) -> bool:
        """Whether one of the two has still to sign it."""
        return self.confirmed_at is None and self.dropped_at is None

    @property
    def holds(self) -> bool:
        """Whether it is in force."""
        return self.confirmed_at is not None and self.ended_at is None and self.undoes_id is None
