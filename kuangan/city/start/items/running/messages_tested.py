"""Text messages: whether one ever reached the gateway."""

from kuangan.city.start.item import HowFar, Reader, StartItem, single
from kuangan.core.models import Channel, Delivery, DeliveryStatus
from kuangan.law.role import Role


def count(_: Reader) -> HowFar:
    sent = Delivery.objects.filter(channel=Channel.sms, status=DeliveryStatus.sent)
    return single(is_done=sent.exists())


ITEM = StartItem(
    order=20,
    title="消息通道测试",
    text="在“消息通道”中设置短信、语音等通道，逐个按“测试”并核对确已收到；未设通道的，红色报警只能显示在页面上。",
    done="至少有一条短信经通道发出",
    roles=(Role.operator,),
    count=count,
    pages=("gateways",),
)
