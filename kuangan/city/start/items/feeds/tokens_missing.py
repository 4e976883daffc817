"""Mines without a key to send by."""

from django.db.models import Exists, OuterRef

from kuangan.city.start.item import HowFar, Reader, StartItem, progress
from kuangan.law.role import Role
from kuangan.mine.models import Mine
from kuangan.monitor.models import FeedToken


def count(reader: Reader) -> HowFar:
    in_force = FeedToken.objects.filter(mine=OuterRef("pk"), revoked_at=None)
    return progress(reader.within(Mine.objects.all(), "unit__path"), Exists(in_force))


ITEM = StartItem(
    order=10,
    title="签发接入密钥",
    text="在“数据接入”的密钥页为每座煤矿签发，当面交给煤矿监控系统维护人员；密钥只显示一次。",
    done="每座煤矿有一个有效的接入密钥",
    roles=(Role.operator,),
    count=count,
    pages=("feed_tokens",),
    nothing="尚未登记煤矿",
)
