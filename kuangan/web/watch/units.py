"""For which of his units a person keeps the watch on the pages of 值班."""

from django.http import Http404

from kuangan.core.models import Unit
from kuangan.office.standing import own_units
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import unit_named


def units_of(request: Request) -> list[Unit]:
    """The person's units; 404 for who works for none."""
    units = own_units(request.user)
    if not units:
        raise Http404
    return units


def unit_asked(request: Request) -> Unit:
    """The unit whose watch the page is about: the one asked for, the first when none is."""
    units = units_of(request)
    return unit_named(request, units)
