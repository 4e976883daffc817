"""Methane points whose place nobody has confirmed: no limit of law can be held against them."""

from django.db.models import Q

from kuangan.city.start.item import OFFICERS, HowFar, Reader, StartItem, progress
from kuangan.law.role import Role
from kuangan.mine.definitions import METHANE_SYSTEMS, METHANE_TYPES
from kuangan.mine.models import Point


def count(reader: Reader) -> HowFar:
    methane = Point.objects.filter(value_kind="MN", system__in=METHANE_SYSTEMS, sensor_type__in=METHANE_TYPES)
    return progress(reader.within(methane, "mine__unit__path"), ~Q(place=""))


ITEM = StartItem(
    order=40,
    title="确认测点地点类别",
    text="由执法人员逐点或成批确认甲烷测点的地点类别；未确认的不能按该地点的法定限值判定。",
    done="每个甲烷测点的地点类别均经确认",
    roles=(Role.operator, Role.duty_officer, *OFFICERS),
    count=count,
    pages=("feed_points",),
    nothing="尚无甲烷测点",
)
