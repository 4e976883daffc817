"""The units of the city itself."""

from kuangan.city.start.item import KEEPERS, HowFar, Reader, StartItem, single
from kuangan.core.models import Unit, UnitKind


def count(_: Reader) -> HowFar:
    return single(is_done=Unit.objects.filter(kind=UnitKind.city).exists())


ITEM = StartItem(
    order=10,
    title="建立本市单位",
    text="在服务器上运行 kuangan city new，按设区市代码建立市、县（区）、政府、应急管理局及其岗位。",
    done="市和各县（区）的单位均已建立",
    roles=KEEPERS,
    count=count,
)
