"""The audit trail: one hash chain per subject, and daily digests over the heads of all chains."""

from django.db import models

from kuangan.core.models.post import Post
from kuangan.core.models.user import User


class Event(models.Model):
    """Something that was done to a subject. Rows are only ever added; the database refuses to change or delete them.

    `seq` counts from 1 without gaps per subject; `digest` covers every column and the digest of the row before.
    `actor` empty = the platform itself; `acting_for` = the absent post whose deputy the actor was.
    `source`: the network address the request came from; empty for the platform's own acts. `inserted_at` is set by the
    database itself (see ``protect.stamp_insertions``), whatever is given; empty in rows older than it.
    """

    subject_kind = models.CharField("对象类别", max_length=60)
    subject_id = models.CharField("对象标识", max_length=80)
    seq = models.PositiveIntegerField("序号")
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    acting_for = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="代行岗位")
    action = models.CharField("操作", max_length=60)
    data = models.JSONField("内容", default=dict)
    at = models.DateTimeField("时间", db_index=True)
    prev_digest = models.CharField("前一摘要", max_length=64, blank=True)
    digest = models.CharField("摘要", max_length=64)
    source = models.CharField("来源地址", max_length=45, blank=True, db_default="")
    inserted_at = models.DateTimeField("入库时间", null=True, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subject_kind", "subject_id", "seq"), name="event_chain"),)

    def __str__(self) -> str:
        return f"{self.subject_kind}/{self.subject_id}#{self.seq} {self.action}"


class EventHead(models.Model):
    """A night's seal over the audit trail: every event after the last seal, up to `last_id`, and the seal before it.

    `signature`: Ed25519, hexadecimal, over the seal's digest, by a key outside the database (see ``core.trail.sealing``).
    """

    day = models.DateField("日期", unique=True)
    first_id = models.BigIntegerField("起始记录")
    last_id = models.BigIntegerField("截止记录")
    prev_digest = models.CharField("前一日摘要", max_length=64, blank=True)
    digest = models.CharField("当日摘要", max_length=64)
    at = models.DateTimeField("封存时间")
    signature = models.CharField("签名", max_length=128, blank=True, db_default="")

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"


class TrailCheck(models.Model):
    """One proof of the whole trail, asked for by a person or by the night, made beside the sweep; kept with its result."""

    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="申请人")
    ended_at = models.DateTimeField("完成时间", null=True)
    events = models.PositiveBigIntegerField("记录数", default=0)
    days = models.PositiveIntegerField("封存日数", default=0)
    rows = models.PositiveBigIntegerField("核对业务数据行数", default=0)
    broken = models.TextField("首处不符", blank=True)

    class Meta:
        indexes = (models.Index(fields=("asked_at",), condition=models.Q(ended_at=None), name="trail_check_waits"),)

    def __str__(self) -> str:
        return f"{self.asked_at} {self.broken or self.ended_at}"
