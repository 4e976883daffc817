"""Mines that send and have not said what their points are."""

from django.db.models import Exists, OuterRef

from kuangan.city.start.item import OFFICERS, HowFar, Reader, StartItem, progress
from kuangan.law.role import Role
from kuangan.mine.models import Mine, Point
from kuangan.monitor.models import LiveRow


def count(reader: Reader) -> HowFar:
    sending = Mine.objects.filter(Exists(LiveRow.objects.filter(mine=OuterRef("pk"))))
    return progress(reader.within(sending, "unit__path"), Exists(Point.objects.filter(mine=OuterRef("pk"))))


ITEM = StartItem(
    order=30,
    title="测点基本信息",
    text="测点由煤矿上传的测点定义文件（CDDY）自动登记；没有的请煤矿补传。",
    done="每座已上传数据的煤矿均有测点",
    roles=(Role.operator, Role.duty_officer, *OFFICERS, Role.mine_director),
    count=count,
    pages=("feeds",),
    nothing="尚无煤矿上传数据",
)
