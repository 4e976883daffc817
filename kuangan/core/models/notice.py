"""Notices to units and people, and the messages that carry them."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from kuangan.core.models.channel import Channel
from kuangan.core.models.gateway import Gateway
from kuangan.core.models.post import ROLE_CHOICES, Person
from kuangan.core.models.unit import Unit
from kuangan.core.models.user import User


class WarningLevel(models.TextChoices):
    """The four levels; nothing else is ever shown in these colours."""

    red = "red", "红色"
    orange = "orange", "橙色"
    yellow = "yellow", "黄色"
    blue = "blue", "蓝色"


class DeliveryStatus(models.TextChoices):
    waiting = "waiting", "待发送"
    sent = "sent", "已发送"
    failed = "failed", "发送失败"
    dropped = "dropped", "已取消"
    merged = "merged", "已并入其他短信"


class Notice(models.Model):
    """Something a unit must know and sign for; `person` or `role` narrows who may sign.

    `ended_at`: what it told of has ended before anybody signed; it asks for nothing any more.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="notices", verbose_name="接收单位")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="notices", verbose_name="接收人")
    role = models.CharField("接收角色", max_length=30, choices=ROLE_CHOICES, blank=True)
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    level = models.CharField("等级", max_length=10, choices=WarningLevel.choices, blank=True)
    created_at = models.DateTimeField("发出时间", db_index=True)
    due_at = models.DateTimeField("签收期限", null=True)
    received_at = models.DateTimeField("签收时间", null=True)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签收人")
    ended_at = models.DateTimeField("事项办结时间", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False),
                name="notice_receipt_names_its_signer",
            ),
        )
        indexes = (
            models.Index(
                fields=("unit", "due_at"),
                condition=Q(received_at__isnull=True, ended_at__isnull=True),
                name="notice_unsigned",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def over_at(self) -> datetime | None:
        """From when on it asks for nothing more."""
        return self.received_at or self.ended_at


class Delivery(models.Model):
    """One message to one address. It is its own queue entry: due when `next_at` has come and it is still waiting.

    `merged_into`: the message that is sent in its place, its twin or a `summary` of all that an address gets too many of.
    `gateway`: by which way it goes, where no other may carry it (a group's robot, a test); `carried_by`: which one took it last.
    `sent_at`: taken by the gateway; `delivered_at`: the gateway says that it arrived; `asks_at`: when it is asked about that.
    Of a to-do entry, `asks_at` is when it is closed in the work app, because the notice was signed for or has ended; `closed_at`: that was done.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="deliveries", verbose_name="通知")
    channel = models.CharField("方式", max_length=12, choices=Channel.choices)
    address = models.CharField("地址", max_length=120)
    receiver = models.CharField("接收人", max_length=100)
    text = models.TextField("内容")
    status = models.CharField("状态", max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.waiting)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次发送", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    reference = models.CharField("网关回执", max_length=100, blank=True)
    last_error = models.CharField("最近错误", max_length=300, blank=True)
    summary = models.BooleanField("汇总短信", default=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    gateway = models.ForeignKey(Gateway, models.PROTECT, null=True, related_name="+", verbose_name="指定通道")
    carried_by = models.ForeignKey(Gateway, models.PROTECT, null=True, related_name="carried", verbose_name="发送通道")
    test_number = models.PositiveIntegerField("测试序号", null=True)
    tried_at = models.DateTimeField("最近发送时间", null=True)
    delivered_at = models.DateTimeField("送达时间", null=True)
    asks_at = models.DateTimeField("下次查询送达", null=True)
    closed_at = models.DateTimeField("待办关闭时间", null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name="并入短信")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(next_at__isnull=False, status=DeliveryStatus.waiting)
                | (Q(next_at__isnull=True) & ~Q(status=DeliveryStatus.waiting)),
                name="delivery_waits_with_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=DeliveryStatus.sent) | Q(sent_at__isnull=False), name="delivery_sent_has_time"
            ),
        )
        indexes = (
            models.Index(F("next_at"), condition=Q(status=DeliveryStatus.waiting), name="delivery_due"),
            models.Index(
                fields=("address", "sent_at"), condition=~Q(channel=Channel.screen), name="delivery_to_address"
            ),
            models.Index(fields=("carried_by", "tried_at"), name="delivery_by_gateway"),
            models.Index(F("asks_at"), condition=Q(asks_at__isnull=False), name="delivery_asks"),
        )

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.receiver}"
