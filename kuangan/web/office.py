"""办公: what waits in each part of the office."""

from django.http import HttpResponse

from kuangan.base import clock
from kuangan.office.queries.circulars import late_receipts, open_receipts, received_by
from kuangan.office.standing import own_offices
from kuangan.web.doors import door
from kuangan.web.office_forms import SIGHTED
from kuangan.web.page import show
from kuangan.web.request import Request


@door(*SIGHTED)
def office(request: Request) -> HttpResponse:
    """The parts of the office with what is open in each."""
    moment = clock.now()
    received = received_by(request.user)
    counts = {
        "circulars": open_receipts(received).count(),
        "circulars_late": late_receipts(received, moment).count(),
    }
    return show(request, "web/office.html", counts=counts, issues=bool(own_offices(request.user)))
