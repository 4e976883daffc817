"""Files of the office: whoever sees the thing opens the files that hang on it."""

from collections.abc import Callable, Mapping

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404

from kuangan.core.models import Attachment
from kuangan.office.queries import circulars as circular_queries
from kuangan.web.doors import door
from kuangan.web.evidence import open_attachment
from kuangan.web.office_forms import SIGHTED
from kuangan.web.request import Request


def _of_circular(request: Request, pk: int) -> QuerySet[Attachment]:
    found = get_object_or_404(circular_queries.circulars_visible_to(request.user), pk=pk)
    receipts = circular_queries.receipts_visible_to(request.user, found).order_by().values("files")
    return Attachment.objects.filter(Q(pk__in=found.attachments.values("pk")) | Q(pk__in=receipts))


_OWNERS: Mapping[str, Callable[[Request, int], QuerySet[Attachment]]] = {
    "circulars": _of_circular,
}


@door(*SIGHTED)
def office_file(request: Request, kind: str, pk: int, attachment_id: int) -> HttpResponseBase:
    """One file of a circular, paper, return or meeting."""
    if kind not in _OWNERS:
        raise Http404
    return open_attachment(get_object_or_404(_OWNERS[kind](request, pk), pk=attachment_id))
