"""The areas that a reader sees."""

from kuangan.core.models import Unit, UnitKind
from kuangan.core.queries import visible_to
from kuangan.web.frame.request import Request


def areas_in_sight(request: Request) -> list[Unit]:
    """The areas that the person sees."""
    return list(
        visible_to(request.user, Unit.objects.filter(kind__in=(UnitKind.city, UnitKind.county))).order_by("path")
    )
