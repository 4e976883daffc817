"""The city whose own values of law this installation works by."""

from kuangan.city.start.item import KEEPERS, HowFar, Reader, StartItem, single
from kuangan.core.models import Unit, UnitKind
from kuangan.law.local import serving_city


def count(_: Reader) -> HowFar:
    codes = Unit.objects.filter(kind=UnitKind.city).values_list("code", flat=True)
    return single(is_done=any(serving_city().startswith(code) for code in codes))


ITEM = StartItem(
    order=10,
    title="本市参数",
    text="启动平台时以环境变量 KUANGAN_CITY 写明设区市代码，平台据此采用本市的参数。",
    done="所设代码与已建立的市一致",
    roles=KEEPERS,
    count=count,
)
