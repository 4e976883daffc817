"""Underground mines that work and of which no face is on file."""

from django.db.models import Exists, OuterRef, Q

from kuangan.base import clock
from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.mine.models import AttributeName, Face, Mine, MineStatus, MineType
from kuangan.mine.queries import attributes_on

RUNNING = (MineStatus.producing, MineStatus.building)


def count(reader: Reader) -> HowFar:
    today = clock.civil_date(clock.now())
    mines = reader.within(Mine.objects.all(), "unit__path")
    known = attributes_on(mines.only("pk"), today)
    working = [pk for pk, values in known.items() if _works_underground(values)]
    worked = Face.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), mine=OuterRef("pk"), started_on__lte=today)
    return progress(Mine.objects.filter(pk__in=working), Exists(worked))


def _works_underground(values: dict[str, str]) -> bool:
    return values.get(AttributeName.status) in RUNNING and values.get(AttributeName.mine_type) != MineType.open_pit


ITEM = StartItem(
    order=30,
    title="采掘工作面",
    text="在建市工作簿“采掘工作面”表中填写后导入；同一工作面的测点据此归为一处。",
    done="每座生产、建设的井工煤矿至少登记一个正在作业的工作面",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("mines", "city_books"),
    nothing="尚无登记为生产、建设的井工煤矿",
)
