"""Measuring points: what is in force for them and what waits for a person."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from kuangan.law import limit
from kuangan.mine.definitions import METHANE_SYSTEMS, METHANE_TYPES, senses_methane
from kuangan.mine.models import DefinitionChange, Mine, Point, PointDefinition


def is_methane(point: Point) -> bool:
    """Whether the set-points of law for methane apply to the point."""
    return senses_methane(point.system, point.sensor_type, point.value_kind)


def place_label(point: Point) -> str:
    """The Chinese name of the confirmed or, failing that, the proposed place; empty when there is neither."""
    place = point.place or point.place_proposed
    return limit.place_text(place) if place else ""


def definition_on(point: Point, at: datetime) -> PointDefinition | None:
    """What the mine had said about the point by a moment; None: nothing yet."""
    return PointDefinition.objects.filter(point=point, valid_from__lte=at).order_by("-valid_from").first()


def unplaced_points(mines: Iterable[Mine]) -> QuerySet[Point]:
    """Methane points whose place nobody has confirmed, by mine and code."""
    points = Point.objects.filter(
        mine__in=list(mines), place="", value_kind="MN", system__in=METHANE_SYSTEMS, sensor_type__in=METHANE_TYPES
    )
    return points.select_related("mine", "face").order_by("mine__code", "native_code")


def unnoticed_changes(mines: Iterable[Mine]) -> QuerySet[DefinitionChange]:
    """Changed definitions that nobody has taken note of, newest first."""
    changes = DefinitionChange.objects.filter(point__mine__in=list(mines), noticed_at__isnull=True)
    return changes.select_related("point__mine").order_by("-at", "-pk")
