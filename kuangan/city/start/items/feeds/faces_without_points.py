"""Working faces at which no point stands: sensors of one surge would be several over-limits."""

from django.db.models import Exists, OuterRef, Q

from kuangan.base import clock
from kuangan.city.start.item import OFFICERS, HowFar, Reader, StartItem, progress
from kuangan.law.role import Role
from kuangan.mine.models import Face, Point


def count(reader: Reader) -> HowFar:
    today = clock.civil_date(clock.now())
    worked = Face.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), started_on__lte=today)
    return progress(reader.within(worked, "mine__unit__path"), Exists(Point.objects.filter(face=OuterRef("pk"))))


ITEM = StartItem(
    order=50,
    title="测点归入工作面",
    text="在建市工作簿“测点对照”表中写明测点所在工作面后导入；未归入的，同一次涌出会被记为几起超限。",
    done="每个正在作业的工作面至少有一个测点",
    roles=(Role.operator, *OFFICERS, Role.mine_engineer),
    count=count,
    pages=("mines", "city_books"),
    nothing="尚无正在作业的工作面",
)
