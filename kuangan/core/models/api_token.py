"""Personal keys to the JSON API."""

from django.db import models

from kuangan.core.models.user import User


class ApiToken(models.Model):
    """A person's key for a program of his, until `expires_at`: it may do what he may do. Only the digest of the token is kept.

    `last_used_at` is noted at most once a minute; `end_told_at`: when the owner was told that it ends soon.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name="账号")
    name = models.CharField("名称", max_length=60)
    sha256 = models.CharField("摘要", max_length=64, unique=True)
    issued_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("到期时间")
    stopped_at = models.DateTimeField("停用时间", null=True)
    last_used_at = models.DateTimeField("最近使用时间", null=True)
    end_told_at = models.DateTimeField("到期提醒时间", null=True)

    def __str__(self) -> str:
        return f"{self.user} {self.name}"
