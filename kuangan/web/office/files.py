"""Files of the office: whoever sees the thing opens the files that hang on it."""

from collections.abc import Callable, Mapping

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404

from kuangan.core.models import Attachment
from kuangan.office.queries import circulars as circular_queries
from kuangan.office.queries import incoming as incoming_queries
from kuangan.office.queries import meetings as meeting_queries
from kuangan.web.frame.doors import door
from kuangan.web.frame.files import open_attachment
from kuangan.web.frame.request import Request
from kuangan.web.office.forms import SIGHTED


def _of_circular(request: Request, pk: int) -> QuerySet[Attachment]:
    circular = get_object_or_404(circular_queries.circulars_visible_to(request.user), pk=pk)
    return circular_queries.files_of(request.user, circular)


def _of_meeting(request: Request, pk: int) -> QuerySet[Attachment]:
    meeting = get_object_or_404(meeting_queries.meetings_visible_to(request.user), pk=pk)
    return meeting_queries.files_of(request.user, meeting)


def _of_incoming(request: Request, pk: int) -> QuerySet[Attachment]:
    incoming = get_object_or_404(incoming_queries.incoming_of(request.user), pk=pk)
    return incoming_queries.files_of(request.user, incoming)


_OWNERS: Mapping[str, Callable[[Request, int], QuerySet[Attachment]]] = {
    "circulars": _of_circular,
    "incoming": _of_incoming,
    "meetings": _of_meeting,
}


@door(*SIGHTED)
def office_file(request: Request, kind: str, pk: int, attachment_id: int) -> HttpResponseBase:
    """One file of a circular, paper, return or meeting."""
    if kind not in _OWNERS:
        raise Http404
    return open_attachment(get_object_or_404(_OWNERS[kind](request, pk), pk=attachment_id))
