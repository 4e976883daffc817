"""Draws as anybody may see and recompute them, without login."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.draw.queries import is_public, public_draws, public_record
from kuangan.web.frame.doors import door
from kuangan.web.frame.lists import listing
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.supervision.draw_rows import chosen_of, record_response


@door(public=True)
def draw_list(request: Request) -> HttpResponse:
    """Every published draw, the newest first."""
    return show(
        request,
        "supervision/draws/public_list.html",
        list=listing(request, public_draws()),
        today=clock.civil_date(clock.now()),
    )


@door(public=True)
def public_draw(request: Request, slug: str) -> HttpResponse:
    """One draw: the pool and the commitment; the result once its day has come."""
    found = get_object_or_404(public_draws(), slug=slug)
    shown = is_public(found, clock.now())
    chosen = chosen_of(found) if shown else None
    return show(request, "supervision/draws/public.html", draw=found, record=found.record, chosen=chosen, shown=shown)


@door(public=True)
def public_draw_record(request: Request, slug: str) -> HttpResponse:
    """The same as JSON, for `kuangan draw verify`."""
    found = get_object_or_404(public_draws(), slug=slug)
    return record_response(found, public_record(found, clock.now()))
