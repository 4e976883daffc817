"""Mines that have a key and never sent anything."""

from django.db.models import Exists, OuterRef

from kuangan.city.start.item import OFFICERS, HowFar, Reader, StartItem, progress
from kuangan.law.role import Role
from kuangan.mine.models import Mine
from kuangan.monitor.models import FeedToken, LiveRow


def count(reader: Reader) -> HowFar:
    with_key = Mine.objects.filter(Exists(FeedToken.objects.filter(mine=OuterRef("pk"), revoked_at=None)))
    return progress(reader.within(with_key, "unit__path"), Exists(LiveRow.objects.filter(mine=OuterRef("pk"))))


ITEM = StartItem(
    order=20,
    title="首次收到数据",
    text="煤矿持密钥按接口说明上传；被退回的文件和原因在“数据接入”中查看。",
    done="每座已签发密钥的煤矿至少有一个文件被接收",
    roles=(Role.operator, Role.duty_officer, *OFFICERS, Role.mine_director),
    count=count,
    pages=("feeds",),
    nothing="尚未签发接入密钥",
)
