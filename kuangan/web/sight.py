"""Fetching one case through the door of sight."""

from django.shortcuts import get_object_or_404

from kuangan.casework.models import Case
from kuangan.casework.queries import cases_visible_to
from kuangan.web.request import Request


def case_in_sight(request: Request, pk: int) -> Case:
    """The case if the person may see it, otherwise 404."""
    return get_object_or_404(cases_visible_to(request.user), pk=pk)
