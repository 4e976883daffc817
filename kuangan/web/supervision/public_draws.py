"""Draws as anybody may see and recompute them, without login."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.draw.queries import is_public, public_draws, public_record
from kuangan.web.frame.doors import door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table
from kuangan.web.supervision.draw_rows import record_response, repeat_words
from kuangan.web.supervision.lists import drawn_tables, public_columns


@door(public=True)
def draw_list(request: Request) -> HttpResponse:
    """Every published draw, the newest first."""
    listed = table(
        request,
        public_columns(clock.civil_date(clock.now())),
        public_draws(),
        nothing="还没有公布的随机抽查",
        hint="监管部门公布名单后显示在这里。",
        unexported=True,
    )
    return show(request, "supervision/draws/public_list.html", table=listed)


@door(public=True)
def public_draw(request: Request, slug: str) -> HttpResponse:
    """One draw: the pool and the commitment; the result once its day has come."""
    draw = get_object_or_404(public_draws(), slug=slug)
    shown = is_public(draw, clock.now())
    context = {"draw": draw, "record": draw.record, "repeats": repeat_words(draw), "shown": shown}
    chosen = drawn_tables(draw, ()) if shown else None
    return show(request, "supervision/draws/public.html", chosen=chosen, **context)


@door(public=True)
def public_draw_record(request: Request, slug: str) -> HttpResponse:
    """The same as JSON, for `kuangan draw verify`."""
    draw = get_object_or_404(public_draws(), slug=slug)
    return record_response(draw, public_record(draw, clock.now()))
