"""The areas that a reader sees."""

from kuangan.core.models import Unit
from kuangan.core.queries import areas_visible_to
from kuangan.web.frame.request import Request


def areas_in_sight(request: Request) -> list[Unit]:
    """The areas that the person sees."""
    return areas_visible_to(request.user)
