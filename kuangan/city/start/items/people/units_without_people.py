"""Units at which nobody is registered."""

from django.db.models import Exists, OuterRef

from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem, progress
from kuangan.core.models import Person, Unit, UnitKind

AREAS = (UnitKind.city, UnitKind.county)


def count(reader: Reader) -> HowFar:
    units = reader.within(Unit.objects.exclude(kind__in=AREAS))
    return progress(units, Exists(Person.objects.filter(unit=OuterRef("pk"))))


ITEM = StartItem(
    order=30,
    title="各单位登记人员",
    text="在建市工作簿“岗位与人员”表中填写后导入，或由系统管理员逐人登记。",
    done="每个单位至少登记一名人员",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("city_books", "users"),
)
