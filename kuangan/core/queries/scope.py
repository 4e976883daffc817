"""The one door to rows of units: what a user sees follows from the paths of his units."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Oversight, Unit, UnitKind, User
from kuangan.core.queries.roles import Hold, kept, own_tenures, roles_of

Row = TypeVar("Row", bound=Model)


def visible_paths(user: object, at: datetime | None = None) -> list[str]:
    """The paths whose rows the user sees: scope and oversight of every unit where he holds a post or stands in for one.

    Sight stays with an absent holder (only his rights pass on). Posts of administrators give none. No path contains another.
    """
    if not isinstance(user, User) or not user.is_active or user.person_id is None:
        return []
    if at is None:
        return kept(user, "paths", lambda: _paths(user, clock.now(), roles_of(user)))
    return _paths(user, at, roles_of(user, at))


def _paths(user: User, moment: datetime, roles: Iterable[Hold]) -> list[str]:
    units = {tenure.post.unit for tenure in own_tenures(user, moment) if not tenure.post.typed_role.administers}
    units |= {hold.unit for hold in roles if not hold.role.administers}
    overseen = Oversight.objects.filter(unit__in=units).values_list("path", flat=True)
    return _outermost({unit.scope_path for unit in units} | set(overseen))


def _outermost(paths: set[str]) -> list[str]:
    """Only the paths that no other one contains, sorted."""
    outer: list[str] = []
    for path in sorted(paths):
        if not outer or not path.startswith(outer[-1]):
            outer.append(path)
    return outer


def visible_to(user: object, queryset: QuerySet[Row], path_field: str = "path") -> QuerySet[Row]:
    """Only the rows whose path lies in the user's sight; none for a user without sight or for nobody."""
    return queryset.filter(in_sight(user, path_field))


def in_sight(user: object, path_field: str = "path") -> Q:
    """The same as a condition."""
    within = Q(pk__in=())
    for path in visible_paths(user):
        within |= Q(**{f"{path_field}__startswith": path})
    return within


def unit_at(code: str) -> Unit:
    """The unit with this code. Refused when there is none."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refused(f"没有编码为“{code}”的单位，请核对单位编码。")
    return unit


def units_concerned(user: object) -> tuple[Unit, ...]:
    """His own unit and the others that answer for its area: what another office does about them, he is told as the supervised are."""
    if not isinstance(user, User) or user.person is None:
        return ()
    own = user.person.unit
    return kept(user, "concerned", lambda: tuple(Unit.objects.filter(Q(pk=own.pk) | Q(scope_path=own.scope_path))))


def is_supervised(user: object) -> bool:
    """Whether the user belongs to those who are supervised: a mine or its parent company. Nobody is not."""
    person = getattr(user, "person", None)
    return person is not None and person.unit.kind in (UnitKind.mine, UnitKind.company)
