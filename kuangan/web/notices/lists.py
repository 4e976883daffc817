"""The lists of the room as columns: messages of a notice, people not reached, gateways and their tests."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.core.models import Channel, Delivery, DeliveryStatus, Gateway
from kuangan.core.notify.gateways import gateway_kind
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column


def state_words(delivery: Delivery) -> str:
    """Where a message stands, as far as anybody knows."""
    status = DeliveryStatus(delivery.status)
    if status is DeliveryStatus.sent:
        if delivery.channel == Channel.todo:
            return "待办已关闭" if delivery.closed_at else "待办已建立"
        if delivery.delivered_at:
            return "已送达"
        return "网关已受理" if delivery.carried_by_id or delivery.reference else status.label
    if status is DeliveryStatus.waiting and delivery.attempts:
        return f"第{delivery.attempts}次发送未成功，将再试" if delivery.last_error else "正在发送"
    if status is DeliveryStatus.failed and not delivery.attempts:
        return "无法发送"
    return status.label


def _state(delivery: Delivery) -> SafeString:
    failed = delivery.status == DeliveryStatus.failed
    words = state_words(delivery)
    told = shown.strong(words) if failed else shown.escaped(words)
    return shown.joined(SafeString(told), shown.under(delivery.last_error))


def _when(delivery: Delivery) -> Any:
    """When it arrived, was taken, or is tried next."""
    if delivery.status == DeliveryStatus.waiting:
        return shown.joined("下次 ", shown.minute(delivery.next_at)) if delivery.next_at else None
    return delivery.delivered_at or delivery.sent_at or delivery.tried_at


def _through(delivery: Delivery) -> str:
    return delivery.carried_by.name if delivery.carried_by else ""


def _notice_link(delivery: Delivery) -> Any:
    assert delivery.notice is not None
    return shown.link(reverse("notice", args=[delivery.notice.pk]), delivery.notice.title)


MESSAGES = (
    Column("接收人", lambda delivery: delivery.receiver, style="strong"),
    Column("方式", lambda delivery: delivery.get_channel_display(), style="nowrap"),
    Column("通道", _through, style="small"),
    Column("结果", state_words, 30, _state),
    Column("时间", lambda delivery: delivery.delivered_at or delivery.sent_at, 18, _when, "nowrap"),
)
UNREACHED = (
    Column(
        "等级",
        lambda delivery: delivery.notice.get_level_display(),
        shown=lambda delivery: shown.level(delivery.notice.level),
    ),
    Column("单位", lambda delivery: delivery.notice.unit.name, 24),
    Column("接收人", lambda delivery: delivery.receiver, style="strong"),
    Column(
        "电话",
        lambda delivery: delivery.person.phone if delivery.person else "",
        shown=lambda delivery: shown.phone(delivery.person.phone) if delivery.person else None,
    ),
    Column("通知", lambda delivery: delivery.notice.title, 40, _notice_link),
    Column("发出", lambda delivery: delivery.notice.created_at, 18, style="nowrap"),
    Column("方式", lambda delivery: delivery.get_channel_display(), style="nowrap"),
    Column("原因", lambda delivery: delivery.last_error, 40, style="small"),
)
CALLS = (
    Column("单位", lambda call: call.unit.name, style="strong"),
    Column("事由", lambda call: call.reason, style="small"),
    Column("开始", lambda call: call.started_at, style="nowrap"),
    Column("结束", lambda call: call.ended_at, style="nowrap"),
)


def kind_words(gateway: Gateway) -> Any:
    """What kind of gateway it is; said where its file is gone."""
    kind = gateway_kind(gateway.kind)
    return kind.label if kind else shown.unknown("类型文件不在")


GATEWAYS = (
    Column(
        "名称",
        lambda gateway: gateway.name,
        shown=lambda gateway: shown.link(reverse("gateway", args=[gateway.pk]), gateway.name),
    ),
    Column("方式", lambda gateway: gateway.get_channel_display(), style="nowrap"),
    Column("类型", kind_words),
    Column("工作群所属单位", lambda gateway: gateway.unit.name if gateway.unit else None),
    Column("次序", lambda gateway: gateway.rank, style="num"),
    Column("状态", lambda gateway: "启用" if gateway.enabled else shown.strong("未启用")),
)
TESTS = (
    Column("测试", lambda delivery: f"第{delivery.test_number}号", style="nowrap strong"),
    Column("接收", lambda delivery: "工作群" if delivery.address.startswith("group:") else delivery.address),
    Column("结果", state_words, shown=_state),
    Column("时间", lambda delivery: delivery.sent_at, shown=_when, style="nowrap"),
)
QUIET = (
    Column("角色", lambda hours: hours.get_role_display()),
    Column("免打扰时段", str),
)
