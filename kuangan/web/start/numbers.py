"""文号序列: how far each series of paper numbers has come this year, and which numbers were given outside the platform."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.paper.queries import SeriesUsed, number_series
from kuangan.web.frame import shown
from kuangan.web.frame.doors import OVERSEERS, door
from kuangan.web.frame.lists import Column, export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table

HINT = "年中启用的，先在本单位的“单位与变更”中办理“线下已用文号”，平台自下一号起编。"


def _number(used: SeriesUsed, serial: int) -> str:
    series = used.series
    return f"{series.organ}煤安{series.character}〔{series.year}〕{serial}号"


def _outside(used: SeriesUsed) -> str:
    return "；".join(f"{numbers.first}—{numbers.last}号（{numbers.document}）" for numbers in used.outside)


def _unit(used: SeriesUsed) -> SafeString:
    return shown.joined(shown.link(reverse("register_unit", args=[used.unit.code]), used.unit.name))


SERIES = (
    Column("机关", lambda used: used.unit.name, 28, shown=_unit),
    Column("最后一个文号", lambda used: _number(used, used.series.last), 30, label="最后"),
    Column("下一个文号", lambda used: _number(used, used.series.last + 1), 30, label="下一个"),
    Column("线下已用", _outside, 40, style="small"),
)


@door(*OVERSEERS)
def number_series_list(request: Request) -> HttpResponse:
    """Every series of this year of the offices in sight: each number is a paper here, or stands as given outside."""
    series = number_series(request.user, clock.civil_date(clock.now()))
    if wants_export(request):
        return export("文号序列", SERIES, series)
    listed = table(request, SERIES, series, nothing="本年还没有编出文号", hint=HINT)
    return show(request, "start/numbers.html", table=listed)
