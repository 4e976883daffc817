"""Points of a mine of which nobody has confirmed face or place, with what their words propose."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kuangan.core.queries import visible_to
from kuangan.mine.definitions import METHANE_SYSTEMS, METHANE_TYPES
from kuangan.mine.models import Face, Mine, Point
from kuangan.mine.proposals import face_named

METHANE = Q(system__in=METHANE_SYSTEMS, sensor_type__in=METHANE_TYPES, value_kind="MN")


@dataclass(frozen=True)
class Proposed:
    """A point with the face and the place ("" for none) that are proposed for it; what was refused is proposed no more."""

    point: Point
    face: Face | None
    place: str


def unconfirmed_points(reader: object, mine: Mine, text: str = "", *, everything: bool = False) -> QuerySet[Point]:
    """Points without a face, or methane points without a place, by their place; ``everything``: all points of the mine."""
    points = Point.objects.filter(mine=mine).select_related("mine", "face", "refused_face")
    if not everything:
        points = points.filter(Q(face=None, dismantled_at=None) | (METHANE & Q(place="")))
    if text:
        points = points.filter(Q(place_text__icontains=text) | Q(native_code__icontains=text))
    return visible_to(reader, points.order_by("place_text", "native_code"), "mine__unit__path")


def open_faces(reader: object, mine: Mine) -> list[Face]:
    """The faces at which a point can stand now, by name."""
    faces = Face.objects.filter(mine=mine, ended_on=None, started_on__isnull=False).order_by("name")
    return list(visible_to(reader, faces, "mine__unit__path"))


def proposed(points: Iterable[Point], faces: Iterable[Face]) -> list[Proposed]:
    """What the words of each point propose; no query."""
    known = list(faces)
    return [_proposed(point, known) for point in points]


def _proposed(point: Point, faces: list[Face]) -> Proposed:
    named = point.face or face_named(point.place_text, faces, point.place or point.place_proposed)
    face = None if named is not None and named.pk == point.refused_face_id else named
    place = point.place or point.place_proposed
    return Proposed(point, face, "" if place == point.refused_place and not point.place else place)
