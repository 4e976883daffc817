"""Who is logged in from where, and who has tried too often."""

from django.db import models

from kuangan.core.models.user import User


class LoginSession(models.Model):
    """One browser's session. The key that the browser holds is kept only as its SHA-256, so that a dump logs nobody in.

    It is over when `ends_at` has come, or `idle_s` seconds after `seen_at`. All moments are the wall clock's.
    """

    key_sha256 = models.CharField("会话摘要", max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions", verbose_name="账号")
    data = models.TextField("内容")
    address = models.CharField("来源地址", max_length=45, blank=True)
    browser = models.CharField("浏览器", max_length=200, blank=True)
    begun_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近使用")
    ends_at = models.DateTimeField("到期时间", db_index=True)
    idle_s = models.PositiveIntegerField("无操作时限（秒）")

    def __str__(self) -> str:
        return f"{self.user} {self.address}"


class LoginPace(models.Model):
    """How fast guesses of one kind may follow each other: failures so far, and when the next try is looked at.

    `key` is a digest of what it counts (a name, an address, a browser), so that nothing that was typed is kept.
    """

    key = models.CharField("对象摘要", max_length=64, primary_key=True)
    failures = models.PositiveIntegerField("连续失败次数", default=0)
    next_at = models.DateTimeField("可再试时间")
    last_at = models.DateTimeField("最近尝试时间", db_index=True)
    refused = models.PositiveIntegerField("等待期内被拒次数", default=0)

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.failures}"


class OldPassword(models.Model):
    """The hash of a password that an account had, so that it is not chosen again soon."""

    user = models.ForeignKey(User, models.CASCADE, related_name="old_passwords", verbose_name="账号")
    password = models.CharField("密码摘要", max_length=128)
    set_at = models.DateTimeField("停用时间")

    def __str__(self) -> str:
        return f"{self.user} {self.set_at}"
