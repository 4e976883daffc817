"""Shows a template inside the common layout."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from kuangan.base import clock
from kuangan.core.queries import Hold
from kuangan.duty.queries import ISSUING
from kuangan.web.frame.doors import OPERATOR, demonstration, holds_of, lets_on
from kuangan.web.frame.menu import menu_of
from kuangan.web.frame.request import Request

OFFICES: Final = 2
"""How many of a person's offices stand beside his name."""


def show(request: Request, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render ``template`` with the layout's own values: menu, person, posts, the page's clock, demonstration.

    A fragment asked for by htmx gets the same context, so that its tags work.
    """
    moment = clock.now()
    holds = holds_of(request) if hasattr(request, "user") else ()
    layout = {
        "menu": menu_of(request) if holds else [],
        "posts": holds,
        "offices": _offices(holds),
        "person": request.user if hasattr(request, "user") and request.user.is_authenticated else None,
        "listens": bool(holds) and lets_on(request),
        "page_now": moment,
        "page_now_ms": int(moment.timestamp() * 1000),
        "page_rate": clock.rate(),
        "demonstration": demonstration(),
        "practice": settings.PRACTICE,
        "practice_address": settings.KUANGAN_PRACTICE_URL,
        "keeps_keys": any(hold.role in ISSUING for hold in holds),
        "operates": any(hold.role in OPERATOR for hold in holds),
    }
    return render(request, template, layout | context, status=status)


def _offices(holds: Sequence[Hold]) -> str:
    """The first offices that a person holds, as they stand beside his name."""
    offices = {(hold.unit.pk, hold.role): hold for hold in reversed(holds)}.values()
    return "、".join(
        f"{hold.unit.name} {hold.role.label}{'（代）' if hold.acting_for else ''}" for hold in list(offices)[:OFFICES]
    )
