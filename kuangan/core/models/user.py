"""Accounts: one per person; roles come from posts, so an account carries none."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q

from kuangan.core.models.post import Person
from kuangan.core.sealed import LONGEST

SYSTEM_USERNAME = "system"


class User(AbstractBaseUser):
    """An account. Only the platform's own account (`system`, for sweeps) has no person; it cannot log in and holds no post.

    The secrets of one-time codes are sealed texts (`core.sealed`). `password_given`: somebody else chose it, so it must
    be changed. `signs_from`: no signature before this moment (after a reset). `binding_sha256`: digest of the token that
    was handed over in person and lets a new phone be bound until `binding_until`.
    """

    username = models.CharField("用户名", max_length=40, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, null=True, related_name="user", verbose_name="人员")
    is_active = models.BooleanField("启用", default=True)
    totp_secret = models.CharField("动态口令密钥（密文）", max_length=LONGEST, blank=True)
    totp_pending_secret = models.CharField("待确认的动态口令密钥（密文）", max_length=LONGEST, blank=True)
    totp_last_step = models.BigIntegerField("已使用的动态口令步数", null=True)
    failed_attempts = models.PositiveSmallIntegerField("上次登录后失败次数", default=0)
    password_set_at = models.DateTimeField("密码设置时间", null=True)
    password_given = models.BooleanField("密码由他人设置", default=False, db_default=False)
    signs_from = models.DateTimeField("可签署起始时间", null=True)
    binding_sha256 = models.CharField("绑定凭证摘要", max_length=64, blank=True, default="", db_default="")
    binding_until = models.DateTimeField("绑定凭证有效至", null=True)
    signing_failures = models.PositiveSmallIntegerField("签署口令连续错误次数", default=0)
    signing_locked_until = models.DateTimeField("签署暂停至", null=True)

    objects: ClassVar[models.Manager["User"]] = models.Manager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(username=SYSTEM_USERNAME, is_active=False),
                name="user_is_a_person_or_the_system",
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    def place(self, column: str) -> str:
        """Where a sealed text of this row belongs."""
        return f"core_user.{column}/{self.pk}"

    @property
    def display_name(self) -> str:
        """The name that records and pages show."""
        return self.person.name if self.person is not None else "系统"
