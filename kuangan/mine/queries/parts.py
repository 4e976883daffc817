"""What a mine's file holds, for a reader who sees the mine: faces, districts, points, people, what changed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from kuangan.base import clock
from kuangan.core.queries import visible_to
from kuangan.mine.models import DefinitionChange, District, Face, KeyPerson, Mine, MineAttribute, Point
from kuangan.mine.queries.attributes import rows_on
from kuangan.mine.queries.mines import mines_visible_to

OF_MINE = "mine__unit__path"


def faces_on(reader: object, mine: Mine, on: date) -> QuerySet[Face]:
    """The faces that are worked on a day, with how many points stood at them at its end (``point_count``)."""
    worked = Face.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), mine=mine, started_on__lte=on)
    faces = worked.select_related("district__level").annotate(point_count=_standing(on)).order_by("kind", "name")
    return visible_to(reader, faces, OF_MINE)


def faces_not_worked(reader: object, mine: Mine, on: date) -> QuerySet[Face]:
    """The faces that are planned or have ended on a day, the latest first, with ``point_count``."""
    others = Face.objects.filter(mine=mine).exclude(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on), started_on__isnull=False, started_on__lte=on
    )
    faces = others.select_related("district__level").annotate(point_count=_standing(on)).order_by("-pk")
    return visible_to(reader, faces, OF_MINE)


def _standing(on: date) -> Count:
    """How many points stood at a face when the day ended."""
    end = clock.beijing_midnight(clock.day_after(on))
    still = Q(placements__to_at=None) | Q(placements__to_at__gte=end)
    return Count("placements", filter=still & Q(placements__from_at__lt=end))


def worked_faces(mines: Iterable[int], on: date) -> dict[int, list[Face]]:
    """The faces that are worked on a day, by the key of the mine, by name; one query. For what the platform computes itself."""
    worked = Face.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on), mine__in=list(mines), started_on__lte=on
    )
    by_mine: dict[int, list[Face]] = defaultdict(list)
    for face in worked.select_related("district__level").order_by("name"):
        by_mine[face.mine_id].append(face)
    return by_mine


def districts_of(reader: object, mine: Mine) -> QuerySet[District]:
    """The mining districts by name."""
    districts = District.objects.filter(mine=mine).select_related("level").order_by("name")
    return visible_to(reader, districts, OF_MINE)


def points_visible_to(reader: object) -> QuerySet[Point]:
    """The measuring points of the mines in the reader's sight."""
    visible = mines_visible_to(reader).order_by().values("pk")
    return Point.objects.select_related("mine__unit", "mine__supervisor", "face").filter(mine__in=visible)


def points_of(reader: object, mine: Mine) -> QuerySet[Point]:
    """The points of one mine by system and place."""
    points = Point.objects.filter(mine=mine).select_related("face").order_by("system", "place_text", "native_code")
    return visible_to(reader, points, OF_MINE)


def key_people_on(reader: object, mine: Mine, on: date) -> QuerySet[KeyPerson]:
    """Who holds the five leading posts of the mine on a day."""
    people = KeyPerson.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=on), mine=mine, from_on__lte=on)
    return visible_to(reader, people.order_by("post"), OF_MINE)


def changes_visible_to(reader: object) -> QuerySet[DefinitionChange]:
    """What mines in the reader's sight changed about their points, the newest first."""
    visible = mines_visible_to(reader).order_by().values("pk")
    changes = DefinitionChange.objects.filter(point__mine__in=visible)
    return changes.select_related("point__mine", "noticed_by__person").order_by("-at", "-pk")


def changes_of_mine(reader: object, mine: Mine, end: datetime) -> QuerySet[DefinitionChange]:
    """What one mine changed before a moment, the newest first."""
    changes = DefinitionChange.objects.filter(point__mine=mine, at__lt=end).select_related(
        "point", "noticed_by__person"
    )
    return visible_to(reader, changes.order_by("-at"), "point__mine__unit__path")


def changes_of_point(reader: object, point: Point) -> QuerySet[DefinitionChange]:
    """What was changed about one point, the newest first."""
    changes = DefinitionChange.objects.filter(point=point).select_related("noticed_by__person").order_by("-at")
    return visible_to(reader, changes, "point__mine__unit__path")


def dated_attributes(reader: object, mine: Mine) -> QuerySet[MineAttribute]:
    """Every value that a property of the mine had or is to have, the latest first, with those that were withdrawn."""
    attributes = MineAttribute.objects.filter(mine=mine).order_by("-valid_from", "name", "-pk")
    return visible_to(reader, attributes, OF_MINE)


def attributes_held(reader: object, mine: Mine, on: date) -> dict[str, MineAttribute]:
    """What holds of the mine on a day, by property: its value, since when and by what."""
    held = visible_to(reader, rows_on([mine], on), OF_MINE)
    return {attribute.name: attribute for attribute in held}
