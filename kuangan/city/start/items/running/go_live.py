"""Units that do not work on the platform yet: nothing is owed of them, and the board says so."""

from kuangan.base import clock
from kuangan.city.start.item import KEEPERS, UNIT_KEEPERS, HowFar, Reader, StartItem
from kuangan.core.models import Unit
from kuangan.core.queries.go_live import go_live_days
from kuangan.overview.board.scope import KINDS


def count(reader: Reader) -> HowFar:
    days, today = go_live_days(), clock.civil_date(clock.now())
    paths = reader.within(Unit.objects.filter(kind__in=KINDS)).order_by().values_list("path", flat=True)
    live = [days.is_live(path, today) for path in paths]
    return HowFar(sum(live), len(live))


ITEM = StartItem(
    order=90,
    title="确定启用日",
    text="市应急管理局在“单位”中打开本市（分批启用的，打开各县或者各单位），办理“启用平台”，写明日期和文号；此前不计应办、不计逾期。",
    done="每个单位均已启用",
    roles=(*KEEPERS, *UNIT_KEEPERS),
    count=count,
    pages=("register_units",),
)
