"""Updates of law and calendar between versions: the signed bundle as it was offered, who stands for it, what it changes."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models.user import User


class LawUpdate(models.Model):
    """One bundle, or with ``undoes`` the taking back of one.

    Offered by the console; the head says with his signature that it shall hold (``headed_at``), then the second person (``second``) signs. From
    that signature (``confirmed_at``) on processes work by it when they start, until ``ended_at`` (taken back): of several the
    one with the highest ``number`` holds. ``text`` is the bundle with the publisher's signature, ``publisher`` the fingerprint of his key;
    ``files``: path → whether it is new or replaces one; ``effect``: ``changes`` of the law as shown before the signatures, ``answers`` of the city that do not
    go with it, ``before``: digest of the bundle that held then. ``dropped_at``: not signed, because another took its place or somebody refused (``refused_for``).
    """

    number = models.PositiveIntegerField("编号")
    title = models.CharField("名称", max_length=100)
    made_on = models.DateField("制作日期")
    base = models.CharField("所依版本的法规库摘要", max_length=64)
    text = models.TextField("更新包", blank=True)
    digest = models.CharField("摘要", max_length=64)
    publisher = models.CharField("公钥指纹", max_length=60)
    files = models.JSONField("文件", default=dict)
    effect = models.JSONField("影响", default=dict)
    head = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="决定人")
    second = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="复核人")
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="撤回的更新")
    proposed_at = models.DateTimeField("提出时间")
    headed_at = models.DateTimeField("决定签署时间", null=True)
    dropped_at = models.DateTimeField("未签署终止时间", null=True)
    refused_for = models.CharField("不同意的理由", max_length=300, blank=True)
    confirmed_at = models.DateTimeField("签署生效时间", null=True)
    ended_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(head=F("second")), name="law_update_two_persons"),)

    def __str__(self) -> str:
        return f"法规更新第 {self.number} 号"

    @property
    def waits(self) -> bool:
        """Whether one of the two has still to sign it."""
        return self.confirmed_at is None and self.dropped_at is None
