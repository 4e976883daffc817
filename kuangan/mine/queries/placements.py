"""At which face points stood at moments."""

from datetime import datetime

from django.db.models import Q, QuerySet

from kuangan.core.queries import visible_to
from kuangan.mine.models import Placement, Point


def standing_at(at: datetime | object) -> Q:
    """Over placements: those in force at a moment, or at one of an outer query."""
    return Q(from_at__lte=at) & (Q(to_at=None) | Q(to_at__gt=at))


def face_at(point: Point, at: datetime) -> int | None:
    """The key of the face at which a point stood at a moment; None: at none that is registered."""
    return Placement.objects.filter(standing_at(at), point=point).values_list("face", flat=True).first()


def placements_of(reader: object, point: Point) -> QuerySet[Placement]:
    """Where the point stood from when to when, the latest first."""
    placements = Placement.objects.filter(point=point).select_related("face", "by__person").order_by("-from_at")
    return visible_to(reader, placements, "point__mine__unit__path")
