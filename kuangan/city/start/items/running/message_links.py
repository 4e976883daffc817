"""Gateways to people's work apps, groups and mail whose messages hold no way back to the platform."""

from django.db.models import Q

from kuangan.city.start.item import HowFar, Reader, StartItem, progress
from kuangan.core.models import BESIDE_SMS, Gateway
from kuangan.law.role import Role


def count(_: Reader) -> HowFar:
    gateways = Gateway.objects.filter(enabled=True, channel__in=BESIDE_SMS)
    return progress(gateways, Q(settings__site__startswith="http"))


ITEM = StartItem(
    order=22,
    title="消息中的平台网址",
    text="工作消息、待办、工作群和邮件只写编号和等级，接收人由链接登录平台查看；请在各通道填写“平台网址”。",
    done="每个启用的工作消息、待办、工作群、邮件通道填写了平台网址",
    roles=(Role.operator,),
    count=count,
    pages=("gateways",),
    nothing="尚未启用这类通道",
)
