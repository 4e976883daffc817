"""Call-until-answered (叫应): people are phoned in turn until one of them answers."""

from django.db import models
from django.db.models import Q

from kuangan.core.models.notice import Delivery
from kuangan.core.models.post import Person
from kuangan.core.models.unit import Unit
from kuangan.core.models.user import User


class CallState(models.TextChoices):
    """Where a call is; only `calling` has a next attempt."""

    calling = "calling", "叫应中"
    answered = "answered", "已应答"
    exhausted = "exhausted", "无人应答"
    stopped = "stopped", "已停止"


class Call(models.Model):
    """One calling-out of a unit. The line of people is fixed when it starts; `rounds` = how often it is gone through."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="calls", verbose_name="被叫单位")
    reason = models.CharField("事由", max_length=300)
    link = models.CharField("链接", max_length=200, blank=True)
    line = models.JSONField("呼叫顺序")
    interval = models.DurationField("间隔")
    rounds = models.PositiveSmallIntegerField("轮次")
    state = models.CharField("状态", max_length=10, choices=CallState.choices, default=CallState.calling)
    started_at = models.DateTimeField("开始时间")
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    next_at = models.DateTimeField("下一次呼叫", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="应答人")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state=CallState.calling, next_at__isnull=False, ended_at__isnull=True)
                | (~Q(state=CallState.calling) & Q(next_at__isnull=True, ended_at__isnull=False)),
                name="call_is_open_or_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state=CallState.answered) | Q(answered_by__isnull=False), name="call_answer_names_a_person"
            ),
        )
        indexes = (models.Index(fields=("next_at",), condition=Q(state=CallState.calling), name="call_due"),)

    def __str__(self) -> str:
        return f"叫应 {self.unit}：{self.reason}"


class CallAttempt(models.Model):
    """One ring at one person; `seq` counts from 1 over all rounds."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="attempts", verbose_name="叫应")
    seq = models.PositiveSmallIntegerField("次序")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="被叫人")
    at = models.DateTimeField("呼叫时间")
    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="attempt", verbose_name="电话")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("call", "seq"), name="call_attempt_once"),)

    def __str__(self) -> str:
        return f"{self.call} 第{self.seq}次 {self.person}"
