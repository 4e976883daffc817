"""Which units stand in a relation to what a case is about, for one case or for a page of them."""

from collections.abc import Iterable

from django.db.models import Q

from kuangan.casework.models import Case
from kuangan.core.levels import ABOVE, TOP
from kuangan.core.models import Unit, UnitKind
from kuangan.core.queries.units import AREAS
from kuangan.mine.models import Mine

OFFICES = (
    UnitKind.city_bureau,
    UnitKind.city_government,
    UnitKind.county_bureau,
    UnitKind.county_government,
)
GOVERNMENTS = (UnitKind.city_government, UnitKind.county_government)

RELATED = ("unit__mine", "office__mine")
"""What to select along with cases of which relations are asked; the institutions come from :class:`Offices`, without a join each."""
Relations = dict[str, Unit]


def related_units(case: Case) -> Relations:
    """Unit by relation; a relation that the case does not have (no parent company) is absent."""
    return relations_of([case])[case.pk]


def keeper_of(case: Case, units: Relations | None = None) -> Unit:
    """Who deals with the case: the office that opened it, otherwise the supervising body; ``units``: its relations where they are known."""
    units = units or related_units(case)
    return units.get("office") or units.get("supervisor") or case.unit


def relations_of(cases: Iterable[Case]) -> dict[int, Relations]:
    """Case pk → unit by relation. One query when units and mines are selected along with the cases."""
    listed = list(cases)
    offices = Offices()
    return {case.pk: offices.of_case(case) for case in listed}


def stands_in(relation: str, unit: Unit) -> Q:
    """The cases to which ``unit`` stands in a relation, as a condition; those of :func:`related_units`, asked the other way round."""
    city = Q(path__startswith=unit.path.split("/", 1)[0] + "/")
    below = [kind for kind, above in ABOVE.items() if above == unit.kind]
    nothing = Q(pk__in=[])
    conditions = {
        "unit": Q(unit=unit),
        "mine": Q(mine=unit.pk),
        "office": Q(office=unit),
        "company": Q(mine__company=unit),
        "inspectorate": Q(mine__inspectorate=unit),
        "supervisor": Q(taken_over_by=unit)
        | (Q(taken_over_by=None) & (Q(mine__supervisor=unit) | (Q(mine=None, unit__kind__in=below) & city))),
        "relieved": Q(taken_over_by__isnull=False, mine__supervisor=unit),
        "city": city if unit.kind == UnitKind.city_bureau else nothing,
        "government": Q(path__startswith=unit.scope_path) if unit.kind in GOVERNMENTS else nothing,
        "above": _dealt_with_below(unit, below) & city,
    }
    return conditions.get(relation, nothing)


def _dealt_with_below(unit: Unit, below: list[str]) -> Q:
    """Cases that are dealt with by a mine that ``unit`` supervises or by an office of these kinds; at the top by itself."""
    of_office = Q(office__kind__in=below) | Q(office__mine__supervisor=unit)
    itself = Q(office=unit) if unit.kind == TOP else Q(pk__in=[])
    return of_office | itself | Q(office=None, mine__supervisor__kind__in=below)


def _mine_of(unit: Unit) -> Mine | None:
    """The register's row of a unit that is a mine; the database is not asked about one that cannot be."""
    return getattr(unit, "mine", None) if unit.kind == UnitKind.mine else None


class Offices:
    """The governments and bureaus of every area and the other institutions, read once."""

    def __init__(self) -> None:
        self._by_pk = {unit.pk: unit for unit in Unit.objects.exclude(kind__in=(UnitKind.mine, *AREAS))}
        offices = (unit for unit in self._by_pk.values() if unit.kind in OFFICES and unit.closed_on is None)
        self._by_area = {(str(unit.kind), unit.scope_path): unit for unit in offices}

    def of_case(self, case: Case) -> Relations:
        return self.of(case.unit, case.office, self._named(case.taken_over_by_id))

    def _named(self, pk: int | None) -> Unit | None:
        return None if pk is None else self._by_pk[pk]

    def of(self, unit: Unit, office: Unit | None = None, taken_over_by: Unit | None = None) -> Relations:
        """What stands in relation to a unit, when ``office`` deals with it, or another has taken it over."""
        mine = _mine_of(unit)
        daily = self._above(unit)
        supervisor = taken_over_by or daily
        deals = office or supervisor
        relations = {
            "unit": unit,
            "supervisor": supervisor,
            "city": self._of_city(UnitKind.city_bureau, unit),
            "government": self._government(unit, supervisor),
            "mine": unit if mine else None,
            "company": self._named(mine.company_id) if mine else None,
            "inspectorate": self._named(mine.inspectorate_id) if mine else None,
            "office": office,
            "above": self._above(deals) or (deals if deals.kind == TOP else None) if deals else None,
            "relieved": daily if taken_over_by else None,
        }
        return {relation: related for relation, related in relations.items() if related is not None}

    def _above(self, unit: Unit) -> Unit | None:
        mine = _mine_of(unit)
        return self._by_pk[mine.supervisor_id] if mine else self._of_city(ABOVE.get(unit.kind, ""), unit)

    def _government(self, unit: Unit, supervisor: Unit | None) -> Unit | None:
        """Of the county, where a body of the county supervises or the unit lies in one; otherwise of the city."""
        of_county = supervisor.kind == UnitKind.county_bureau if supervisor else False
        area = supervisor.scope_path if supervisor and of_county else unit.scope_path
        county = self._by_area.get((UnitKind.county_government, area))
        return county or self._of_city(UnitKind.city_government, unit)

    def _of_city(self, kind: str, unit: Unit) -> Unit | None:
        return self._by_area.get((str(kind), unit.path.split("/", 1)[0] + "/"))
