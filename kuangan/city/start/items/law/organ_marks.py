"""Areas whose offices could give no number to a paper."""

from kuangan.base import clock
from kuangan.city.start.item import KEEPERS, OFFICERS, HowFar, Reader, StartItem
from kuangan.core.models import Unit, UnitKind
from kuangan.paper.number import has_organ_mark


def count(reader: Reader) -> HowFar:
    today = clock.civil_date(clock.now())
    areas = reader.within(Unit.objects.filter(kind__in=(UnitKind.city, UnitKind.county)))
    marked = [has_organ_mark(area, today) for area in areas]
    return HowFar(sum(marked), len(marked))


ITEM = StartItem(
    order=20,
    title="文号机关代字",
    text="以 kuangan local 提请并签署 paper_number.organs，写明各地区文号中的机关代字；没有代字的机关不能签发文书。",
    done="市和各县（区）均有机关代字",
    roles=(*KEEPERS, *OFFICERS),
    count=count,
    pages=("open_questions",),
)
