"""Which units stood in which relation to mines on a day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from kuangan.core.models import Unit
from kuangan.core.queries import visible_to
from kuangan.mine.models import Mine, MineRelation, RelationChange
from kuangan.mine.queries.attributes import STANDING


def unit_on(mine: Mine, relation: str, on: date) -> Unit | None:
    """The unit that stood in a relation to a mine on a day: what it was before the first change after that day, or what it is."""
    later = RelationChange.objects.filter(STANDING, mine=mine, relation=relation, valid_from__gt=on)
    next_change = later.select_related("before").order_by("valid_from", "pk").first()
    unit: Unit | None = next_change.before if next_change else getattr(mine, relation)
    return unit


def supervisor_on(mine: Mine, on: date) -> Unit:
    """The body that supervised the mine on a day."""
    return unit_on(mine, MineRelation.supervisor, on) or mine.supervisor


def supervised_before(mines: Iterable[int]) -> dict[int, set[int]]:
    """By mine: the bodies that supervised it until a transfer; one query."""
    changes = RelationChange.objects.filter(STANDING, mine__in=list(mines), relation=MineRelation.supervisor)
    bodies: dict[int, set[int]] = {}
    for mine, before in changes.values_list("mine", "before"):
        bodies.setdefault(mine, set()).add(before)
    return bodies


def relation_changes(reader: object, mine: Mine) -> QuerySet[RelationChange]:
    """Every change of the units to which a mine belongs, the latest first, with those taken back."""
    changes = RelationChange.objects.filter(mine=mine).select_related("before", "after")
    return visible_to(reader, changes.order_by("-valid_from", "-pk"), "mine__unit__path")
