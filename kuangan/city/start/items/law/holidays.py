"""The holidays of this year and the next, by which working days are counted."""

from kuangan.base import clock
from kuangan.city.start.item import KEEPERS, HowFar, Reader, StartItem
from kuangan.law.time.calendar import workdays


def count(_: Reader) -> HowFar:
    year = clock.civil_date(clock.now()).year
    tables = [workdays().years.get(wanted) for wanted in (year, year + 1)]
    return HowFar(sum(1 for table in tables if table is not None and not table.provisional), len(tables))


ITEM = StartItem(
    order=40,
    title="节假日安排",
    text="国务院办公厅公布次年节假日安排后，更新法规库中的年历；此前跨年的期限按法定节日暂计并注明。",
    done="本年和次年的节假日安排均已录入",
    roles=KEEPERS,
    count=count,
    pages=("status",),
)
