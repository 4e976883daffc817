"""At which face points stood at moments."""

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.queries import visible_to
from kuangan.mine.models import Placement, Point


def standing_at(at: datetime | object) -> Q:
    """Over placements: those in force at a moment, or at one of an outer query."""
    return Q(from_at__lte=at) & (Q(to_at=None) | Q(to_at__gt=at))


def face_at(point: Point, at: datetime) -> int | None:
    """The key of the face at which a point stood at a moment; None: at none that is registered."""
    return Placement.objects.filter(standing_at(at), point=point).values_list("face", flat=True).first()


def standing_on(points: Iterable[Point], on: date, at: datetime) -> list[Point]:
    """The points with the face and place that they had when a day before ``at`` ended; as they are on the day itself. To be shown, never saved."""
    if on >= clock.civil_date(at):
        return list(points)
    end = clock.beijing_midnight(clock.day_after(on)) - timedelta(microseconds=1)
    then = [copy(point) for point in points]
    spells = Placement.objects.filter(standing_at(end), point__in=[point.pk for point in then]).select_related("face")
    stood = {spell.point_id: (spell.face, spell.place) for spell in spells}
    for point in then:
        point.face, point.place = stood.get(point.pk, (None, ""))
    return then


def placements_of(reader: object, point: Point) -> QuerySet[Placement]:
    """Where the point stood from when to when, the latest first."""
    placements = Placement.objects.filter(point=point).select_related("face", "by__person").order_by("-from_at")
    return visible_to(reader, placements, "point__mine__unit__path")
