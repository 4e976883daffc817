"""Which units stand in a relation to a case's mine, for one case or for a page of them in two queries."""

from collections.abc import Iterable

from kuangan.casework.models import Case
from kuangan.core.models import Unit, UnitKind
from kuangan.mine.models import Mine

INSTITUTIONS = (UnitKind.city_bureau, UnitKind.city_government, UnitKind.county_government)

Relations = dict[str, Unit]


def related_units(case: Case) -> Relations:
    """Unit by relation; a relation the mine does not have (no parent company) is absent."""
    return relations_of([case.mine])[case.mine.pk]


def relations_of(mines: Iterable[Mine]) -> dict[int, Relations]:
    """Mine pk → unit by relation. Constant number of queries when units are selected along with the mines."""
    rows = list(mines)
    institutions = {(unit.kind, unit.scope_path): unit for unit in Unit.objects.filter(kind__in=INSTITUTIONS)}
    return {mine.pk: _relations(mine, institutions) for mine in rows}


def _relations(mine: Mine, institutions: dict[tuple[str, str], Unit]) -> Relations:
    city_path = mine.unit.path.split("/", 1)[0] + "/"
    by_city = mine.supervisor.kind == UnitKind.city_bureau
    government = (
        (UnitKind.city_government, city_path) if by_city else (UnitKind.county_government, mine.supervisor.scope_path)
    )
    found = {
        "supervisor": mine.supervisor,
        "city": institutions.get((UnitKind.city_bureau, city_path)),
        "government": institutions.get(government),
        "mine": mine.unit,
        "company": mine.company,
        "inspectorate": mine.inspectorate,
    }
    return {relation: unit for relation, unit in found.items() if unit is not None}
