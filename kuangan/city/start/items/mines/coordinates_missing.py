"""Mines of which nobody has said where they lie."""

from django.db.models import Q

from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.mine.models import Mine


def count(reader: Reader) -> HowFar:
    return progress(reader.within(Mine.objects.all(), "unit__path"), Q(longitude__isnull=False, latitude__isnull=False))


ITEM = StartItem(
    order=50,
    title="煤矿坐标",
    text="在建市工作簿“煤矿”表中填写主井口的经度、纬度（国家大地坐标系），供救援和值班使用。",
    done="每座煤矿均已登记坐标",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("mines", "city_books"),
    nothing="尚未登记煤矿",
)
