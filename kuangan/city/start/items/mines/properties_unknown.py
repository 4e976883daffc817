"""Mines without the properties that decide which duties and limits bind them."""

from django.db.models import Exists, OuterRef, Q

from kuangan.base import clock
from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.mine.models import AttributeName, Mine, MineAttribute
from kuangan.mine.queries.attributes import STANDING

NEEDED = (AttributeName.status, AttributeName.approved_capacity, AttributeName.gas_grade)


def count(reader: Reader) -> HowFar:
    today = clock.civil_date(clock.now())
    known = Q()
    for name in NEEDED:
        held = MineAttribute.objects.filter(STANDING, mine=OuterRef("pk"), name=name, valid_from__lte=today)
        known &= Q(Exists(held))
    return progress(reader.within(Mine.objects.all(), "unit__path"), known)


ITEM = StartItem(
    order=20,
    title="煤矿基本情况",
    text="在建市工作簿“煤矿”表中补齐状态、核定能力和瓦斯等级；不明的煤矿按应当履职处理。",
    done="每座煤矿的状态、核定（设计）生产能力、瓦斯等级均已登记",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("mines", "city_books"),
    nothing="尚未登记煤矿",
)
