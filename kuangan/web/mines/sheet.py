"""一矿一页: a mine on one A4 page as of any day, on screen for printing and as a PDF."""

from collections.abc import Callable, Mapping
from datetime import date
from operator import itemgetter
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.core.models import Unit
from kuangan.mine.queries import mines_visible_to
from kuangan.office.standing import own_units
from kuangan.overview.figures.mine_sheet import UNKNOWN, MineSheet, sheet_of
from kuangan.paper.render import render_pdf
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.lists import Column
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import unknown
from kuangan.web.frame.tables import Table, bare
from kuangan.web.mines.mines import AsOf


def _known(name: str) -> Callable[[Mapping[str, str]], Any]:
    """The cell of a text that may not be known."""
    return lambda fields: unknown() if fields[name] == UNKNOWN else fields[name]


PEOPLE = (
    Column("职务", itemgetter("post")),
    Column("姓名", itemgetter("name"), style="strong"),
    Column("电话", _known("phone")),
    Column("任职", itemgetter("since"), style="num quiet"),
)
COMMISSIONERS = (
    Column("姓名", itemgetter("name"), style="strong"),
    Column("单位", itemgetter("unit")),
    Column("证号", itemgetter("number")),
    Column("派驻", itemgetter("since"), style="num quiet"),
)
LICENCES = (
    Column("证照", itemgetter("name")),
    Column("编号", itemgetter("number")),
    Column("有效期至", itemgetter("until"), style="num"),
)
STOPS = (Column("编号", itemgetter("number"), style="nowrap"), Column("事由", itemgetter("title")))
FACES = (
    Column("工作面", itemgetter("name")),
    Column("类别", itemgetter("kind")),
    Column("开始", lambda face: f"{face['since']} 起", style="num quiet"),
)
DUTIES = (Column("状态", itemgetter("status")), Column("项数", lambda counted: f"{counted['count']} 项", style="num"))
OVERLIMITS = (
    Column("时间", itemgetter("at"), style="nowrap"),
    Column("地点", itemgetter("place")),
    Column("最大值", lambda overlimit: f"{overlimit['peak']}%", style="num"),
    Column("持续", itemgetter("lasted"), style="num quiet"),
)
FINDINGS = (Column("日期", itemgetter("found_on"), style="nowrap"), Column("认定", itemgetter("reason")))


def _lists(made: MineSheet) -> dict[str, Table]:
    """The lists of the page, each with what it means when it is empty."""
    return {
        "people": bare(PEOPLE, made.people, unknown("当日无登记")),
        "commissioners": bare(COMMISSIONERS, made.commissioners, unknown("当日无有效派驻记录")),
        "licences": bare(LICENCES, made.licences, unknown("当日无有效证照登记")),
        "stops": bare(STOPS, made.stops, "当日不在停产整顿中。"),
        "faces": bare(FACES, made.faces, "当日没有登记在采（掘）的工作面。"),
        "duties": bare(DUTIES, made.duties, "没有到期的事项。"),
        "overlimits": bare(OVERLIMITS, made.overlimits, "没有监测超限。"),
        "findings": bare(FINDINGS, made.findings, "当日没有成立的认定。"),
    }


def _sheet(request: Request, code: str) -> MineSheet:
    """The sheet for the day asked for; a day to come gives today."""
    mine = get_object_or_404(mines_visible_to(request.user), code=code)
    today: date = clock.civil_date(clock.now())
    form = AsOf(request.GET)
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    return sheet_of(request.user, mine, min(on, today))


@door(*OVERSEERS, *MINE)
def mine_sheet(request: Request, code: str) -> HttpResponse:
    made = _sheet(request, code)
    today = clock.civil_date(clock.now())
    context: dict[str, Any] = {"sheet": made, "mine": made.mine, "on": made.on, "is_today": made.on == today}
    return show(request, "mines/sheet.html", **context | _lists(made))


@door(*OVERSEERS, *MINE)
def mine_sheet_pdf(request: Request, code: str) -> HttpResponse:
    made = _sheet(request, code)
    units: list[Unit] = own_units(request.user)
    unit = units[0].name if units else made.mine.supervisor.name
    name = quote(f"{made.mine.name}一矿一页（{made.on}）.pdf")
    return HttpResponse(
        render_pdf("mine_sheet", made.fields(), clock.now(), unit=unit),
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )
