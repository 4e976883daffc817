"""Which units stood in which relation to mines on a day."""

from collections.abc import Iterable
from copy import copy
from datetime import date

from django.db.models import QuerySet

from kuangan.core.models import Unit
from kuangan.core.queries import visible_to
from kuangan.core.queries.units import names_on
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


def areas_before(mines: Iterable[int]) -> dict[int, set[str]]:
    """By mine: the areas of the bodies that supervised it until a transfer, as paths; one query."""
    changes = RelationChange.objects.filter(STANDING, mine__in=list(mines), relation=MineRelation.supervisor)
    areas: dict[int, set[str]] = {}
    for mine, path in changes.values_list("mine", "before__scope_path"):
        areas.setdefault(mine, set()).add(path)
    return areas


def relation_changes(reader: object, mine: Mine) -> QuerySet[RelationChange]:
    """Every change of the units to which a mine belongs, the latest first, with those taken back."""
    changes = RelationChange.objects.filter(mine=mine).select_related("before", "after")
    return visible_to(reader, changes.order_by("-valid_from", "-pk"), "mine__unit__path")


def mine_as_of(mine: Mine, on: date) -> Mine:
    """The mine as it was on a day: its name, the units to which it belonged and what they were called. To be shown, never saved."""
    then = copy(mine)
    for relation in MineRelation.values:
        setattr(then, relation, unit_on(mine, relation, on))
    parts = [part for part in ("unit", "county", *MineRelation.values) if getattr(then, part) is not None]
    former = names_on([getattr(then, part).pk for part in parts], on)
    for part in parts:
        unit = copy(getattr(then, part))
        unit.name = former.get(unit.pk, unit.name)
        setattr(then, part, unit)
    then.name = former.get(mine.unit_id, mine.name)
    return then
