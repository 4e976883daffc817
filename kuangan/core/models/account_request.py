"""What needs two administrators: asked for by one, decided by another who holds the other right."""

from django.db import models
from django.db.models import F, Q

from kuangan.core.models.post import Person, Post
from kuangan.core.models.unit import Unit
from kuangan.core.models.user import User


class RequestKind(models.TextChoices):
    reset_password = "reset_password", "重置密码"
    reset_code = "reset_code", "重新绑定动态口令"
    appoint = "appoint", "任命签字岗位"
    deputy = "deputy", "设定签字岗位B岗"
    invite = "invite", "批量开通签字岗位账号"
    open_account = "open_account", "开通签字岗位账号"
    city_book = "city_book", "城市工作簿登记签字岗位和台账"


class RequestState(models.TextChoices):
    waiting = "waiting", "待审批"
    approved = "approved", "已批准"
    refused = "refused", "不予批准"
    withdrawn = "withdrawn", "已撤回"


class AccountRequest(models.Model):
    """One request. `person` is whom it concerns; `post` where a post is given; `given` the rest, as the kind needs it.

    After the approval each of the two takes one half away: the approver the token that binds a phone (`token_taken_at`),
    the asker the one-time password (`password_taken_at`). Neither half is kept in clear.
    """

    kind = models.CharField("事项", max_length=20, choices=RequestKind.choices)
    state = models.CharField("状态", max_length=10, choices=RequestState.choices, default=RequestState.waiting)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="岗位")
    given = models.JSONField("申请内容", default=dict)
    reason = models.CharField("事由", max_length=200)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间", db_index=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="审批人")
    decided_at = models.DateTimeField("审批时间", null=True)
    answer = models.CharField("审批意见", max_length=200, blank=True)
    token_taken_at = models.DateTimeField("绑定凭证领取时间", null=True)
    password_taken_at = models.DateTimeField("一次性密码领取时间", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=RequestState.approved) | ~Q(asked_by=F("decided_by")),
                name="account_request_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.waiting, decided_at=None)
                | (~Q(state=RequestState.waiting) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="account_request_decided_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.whom}"

    @property
    def whom(self) -> str:
        """Whom it concerns by name; empty for a deputy post."""
        return self.person.name if self.person is not None else str(self.given.get("name", ""))
