"""The mines of the area."""

from kuangan.city.start.item import KEEPERS, OFFICE_KEEPERS, HowFar, Reader, StartItem, single
from kuangan.mine.models import Mine


def count(reader: Reader) -> HowFar:
    return single(is_done=reader.within(Mine.objects.all(), "unit__path").exists())


ITEM = StartItem(
    order=10,
    title="登记煤矿",
    text="在建市工作簿“煤矿”表中填写编码、名称、所在县（区）、日常监管主体后导入。",
    done="辖区内至少登记一座煤矿；没有煤矿的县（区）无需办理",
    roles=(*KEEPERS, *OFFICE_KEEPERS),
    count=count,
    pages=("mines", "city_books"),
)
