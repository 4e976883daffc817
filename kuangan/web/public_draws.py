"""Draws as anybody may see and recompute them, without login."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.draw.queries import is_public, public_draws, public_record
from kuangan.web.doors import door
from kuangan.web.draw_rows import chosen_of, record_response
from kuangan.web.lists import listing
from kuangan.web.page import show
from kuangan.web.request import Request


@door(public=True)
def draw_list(request: Request) -> HttpResponse:
    """Every published draw, the newest first."""
    return show(
        request, "web/public_draws.html", list=listing(request, public_draws()), today=clock.civil_date(clock.now())
    )


@door(public=True)
def public_draw(request: Request, slug: str) -> HttpResponse:
    """One draw: the pool and the commitment; the result once its day has come."""
    found = get_object_or_404(public_draws(), slug=slug)
    shown = is_public(found, clock.now())
    chosen = chosen_of(found) if shown else None
    return show(request, "web/public_draw.html", draw=found, record=found.record, chosen=chosen, shown=shown)


@door(public=True)
def public_draw_record(request: Request, slug: str) -> HttpResponse:
    """The same as JSON, for `kuangan draw verify`."""
    found = get_object_or_404(public_draws(), slug=slug)
    return record_response(found, public_record(found, clock.now()))
