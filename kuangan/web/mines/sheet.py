"""一矿一页: a mine on one A4 page as of any day, on screen for printing and as a PDF."""

from datetime import date
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.core.models import Unit
from kuangan.mine.queries import mines_visible_to
from kuangan.office.standing import own_units
from kuangan.overview.figures.mine_sheet import MineSheet, sheet_of
from kuangan.paper.render import render_pdf
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.mines.mines import AsOf


def _sheet(request: Request, code: str) -> MineSheet:
    """The sheet for the day asked for; a day to come gives today."""
    found = get_object_or_404(mines_visible_to(request.user), code=code)
    today: date = clock.civil_date(clock.now())
    form = AsOf(request.GET)
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    return sheet_of(request.user, found, min(on, today))


@door(*OVERSEERS, *MINE)
def mine_sheet(request: Request, code: str) -> HttpResponse:
    """The page as it prints."""
    made = _sheet(request, code)
    today = clock.civil_date(clock.now())
    return show(request, "mines/sheet.html", sheet=made, mine=made.mine, on=made.on, is_today=made.on == today)


@door(*OVERSEERS, *MINE)
def mine_sheet_pdf(request: Request, code: str) -> HttpResponse:
    """The same as a PDF."""
    made = _sheet(request, code)
    units: list[Unit] = own_units(request.user)
    unit = units[0].name if units else made.mine.supervisor.name
    name = quote(f"{made.mine.name}一矿一页（{made.on}）.pdf")
    return HttpResponse(
        render_pdf("mine_sheet", made.fields(), clock.now(), unit=unit),
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}"},
    )
