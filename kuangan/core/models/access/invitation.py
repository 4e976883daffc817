"""Invitations: people who get an account by a code of their own, printed in a letter or sent by SMS."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from kuangan.core.models.account_request import AccountRequest
from kuangan.core.models.post import Person
from kuangan.core.models.unit import Unit
from kuangan.core.models.user import User


class AccountInvitation(models.Model):
    """The people invited together. `request`: what a security administrator must approve, where posts among them sign or administer."""

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    made_at = models.DateTimeField("办理时间", db_index=True)
    request = models.OneToOneField(
        AccountRequest, models.PROTECT, null=True, related_name="invitation", verbose_name="申请"
    )

    def __str__(self) -> str:
        return f"{self.unit or '全市'} {self.made_at:%Y-%m-%d}"


class InviteeState(models.TextChoices):
    """What became of a person's invitation; computed from its moments."""

    made = "made", "待发放"
    issued = "issued", "已发放"
    used = "used", "已使用"
    expired = "expired", "已过期"
    revoked = "revoked", "已撤销"


class Invitee(models.Model):
    """One person of an invitation. Codes are kept as keyed digests, from when they are written until they are used or replaced.

    `signs`: a post that two must give, so that the second code (`binding_digest`), which the security administrator hands
    over, is asked for with the first. `posts`: what was shown when the invitation was made and approved.
    """

    invitation = models.ForeignKey(AccountInvitation, models.CASCADE, related_name="invitees", verbose_name="邀请")
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations", verbose_name="人员")
    posts = models.CharField("岗位", max_length=300)
    signs = models.BooleanField("签字或管理岗位")
    code_digest = models.CharField("邀请码摘要", max_length=64, blank=True, default="")
    binding_digest = models.CharField("绑定凭证摘要", max_length=64, blank=True, default="")
    written_at = models.DateTimeField("邀请码生成时间", null=True)
    expires_at = models.DateTimeField("有效至", null=True)
    issued_at = models.DateTimeField("发放时间", null=True)
    fault = models.CharField("未能发放的原因", max_length=300, blank=True, default="")
    used_at = models.DateTimeField("使用时间", null=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(used_at=None, revoked_at=None), name="invitee_open_once"
            ),
            models.UniqueConstraint(fields=("code_digest",), condition=~Q(code_digest=""), name="invitee_code_once"),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.posts}"

    def state_at(self, at: datetime) -> InviteeState:
        """What has become of it, by the wall clock."""
        if self.used_at is not None:
            return InviteeState.used
        if self.revoked_at is not None:
            return InviteeState.revoked
        if self.expires_at is not None and self.expires_at <= at:
            return InviteeState.expired
        return InviteeState.issued if self.issued_at is not None else InviteeState.made


class IssueKind(models.TextChoices):
    letters = "letters", "邀请信函"
    sms = "sms", "短信"
    bindings = "bindings", "绑定凭证信函"


class IssueState(models.TextChoices):
    queued = "queued", "排队中"
    working = "working", "正在生成"
    done = "done", "已生成"
    failed = "failed", "未完成"


class InvitationIssue(models.Model):
    """A job that writes the codes of an invitation and hands them out: one file of letters, or texts.

    The file lies sealed in the data folder until its end (`ends_at`); who asked for it alone takes it.
    """

    invitation = models.ForeignKey(AccountInvitation, models.CASCADE, related_name="issues", verbose_name="邀请")
    only = models.ForeignKey(Invitee, models.CASCADE, null=True, related_name="+", verbose_name="仅限")
    kind = models.CharField("方式", max_length=10, choices=IssueKind.choices)
    state = models.CharField("状态", max_length=10, choices=IssueState.choices, default=IssueState.queued)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    asked_at = models.DateTimeField("提出时间")
    address = models.CharField("登录地址", max_length=200)
    total = models.PositiveIntegerField("总数", default=0)
    done = models.PositiveIntegerField("已完成", default=0)
    fault = models.CharField("原因", max_length=300, blank=True, default="")
    ended_at = models.DateTimeField("完成时间", null=True)
    ends_at = models.DateTimeField("文件保留至", null=True)
    taken_at = models.DateTimeField("领取时间", null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("asked_at",),
                condition=Q(state__in=(IssueState.queued, IssueState.working)),
                name="invitation_issue_queued",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_at:%Y-%m-%d}"
