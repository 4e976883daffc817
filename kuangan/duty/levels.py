"""The level above a unit: who is told when it does not act."""

from collections.abc import Iterable, Mapping

from kuangan.core.levels import ABOVE, TOP
from kuangan.core.models import Unit, UnitKind
from kuangan.law.role import Role
from kuangan.mine.models import Mine

HEADING = frozenset({Role.section_head, Role.bureau_head, Role.bureau_deputy, Role.government_head})
"""Roles that decide for the level above."""
TOLD: Mapping[str, Role] = {
    UnitKind.city_government: Role.government_head,
    UnitKind.county_government: Role.government_head,
    UnitKind.city_bureau: Role.section_head,
    UnitKind.city_coal_section: Role.section_head,
    UnitKind.county_bureau: Role.section_head,
}
"""The role that is told at each kind of unit."""
_ABOVE: Mapping[str, str] = {**ABOVE, TOP: TOP}


def levels_above(units: Iterable[Unit]) -> dict[int, Unit]:
    """The level above by the unit's key: of a mine its supervisor, of a county's office the city's, of a city's office its government.

    A unit without one is absent. Two queries.
    """
    wanted = {unit.pk: unit for unit in units}
    mines = Mine.objects.filter(pk__in=wanted).select_related("supervisor")
    supervisors = {mine.pk: mine.supervisor for mine in mines}
    offices = {(unit.kind, _city(unit)): unit for unit in Unit.objects.filter(kind__in=set(_ABOVE.values()))}
    for key, unit in wanted.items():
        office = offices.get((_ABOVE.get(unit.kind, ""), _city(unit)))
        if office is not None:
            supervisors.setdefault(key, office)
    return supervisors


def _city(unit: Unit) -> str:
    return unit.path.split("/", 1)[0]
