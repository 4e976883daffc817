"""Who stands on the task board: the units that can owe, which measures concern them, and who answers for a mine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Final

from kuangan.core.models import Unit, UnitKind
from kuangan.core.offices import OFFICE_KINDS
from kuangan.core.queries.go_live import go_live_days
from kuangan.duty.owing import OWNING
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.register import Measure
from kuangan.mine.models import Mine
from kuangan.overview.queries.board import board_mines, board_units

KINDS: Final = (*OFFICE_KINDS, UnitKind.company, UnitKind.mine)
"""Kinds of units on the board; areas, inspectorates and the platform's operator owe nothing of the register."""

BUREAUS: Final = (UnitKind.city_bureau, UnitKind.city_coal_section, UnitKind.county_bureau)


Kinds = tuple[str, ...]


class _Named(dict[tuple[str, Kinds], tuple[bool, bool]]):
    """By a measure's code and the kinds that a unit is: whether the register names it, and whether it answers for mines."""

    def of(self, law: Measure, kinds: Kinds) -> tuple[bool, bool]:
        """Both, worked out once."""
        known = self.get((law.code, kinds))
        if known is None:
            named = {*law.responsible, *law.implementer, *law.obliged_by_text}
            drives = UnitKind.mine in law.implementer and any(kind in law.responsible for kind in kinds)
            known = self[law.code, kinds] = (not named.isdisjoint(kinds), drives)
        return known


_named: Final = _Named()


@dataclass(frozen=True)
class UnitGroup:
    """Units of which a cell speaks together. ``alike``: the same in parts of one kind each."""

    keys: frozenset[int]
    alike: tuple[tuple[Unit, ...], ...]


@dataclass(frozen=True)
class Scope:
    """All units of the board and the mines, with who stands to whom in what relation. Two queries."""

    units: Mapping[int, Unit]
    mines: Mapping[int, Mine]
    sectioned: frozenset[str] = field(default_factory=frozenset)
    """Scope paths of the bureaus that have a coal section of their own."""
    asleep: frozenset[int] = field(default_factory=frozenset)
    """Units that do not work on the platform yet: nothing counts of them, and their mines are not among the ``mines``."""
    _places: dict[tuple[tuple[str, ...], ...], Mapping[int, int]] = field(default_factory=dict)
    """By whom a measure names: the unit in whose cell a fact about each unit counts; worked out once for measures alike."""
    _groups: dict[tuple[int, ...], UnitGroup] = field(default_factory=dict)

    def kinds_of(self, unit: Unit) -> Kinds:
        """What a unit is by the register's names; a city bureau without a coal section of its own is that section too."""
        return self.kinds_by_unit[unit.id]

    @cached_property
    def kinds_by_unit(self) -> Mapping[int, Kinds]:
        """The :meth:`kinds_of` every unit."""
        return {unit.id: self._kinds_of(unit) for unit in self.units.values()}

    def _kinds_of(self, unit: Unit) -> Kinds:
        if unit.kind == UnitKind.city_bureau and unit.scope_path not in self.sectioned:
            return (UnitKind.city_bureau, UnitKind.city_coal_section)
        return (str(unit.kind),)

    def group(self, units: Iterable[Unit]) -> UnitGroup:
        """Some units together; sorted out once, though a page asks for each measure."""
        by_key = {unit.id: unit for unit in units}
        known = self._groups.get(keys := tuple(by_key))
        if known is None:
            by_kinds: dict[Kinds, list[Unit]] = {}
            for unit in by_key.values():
                by_kinds.setdefault(self.kinds_of(unit), []).append(unit)
            alike = tuple(tuple(parts) for parts in by_kinds.values())
            known = self._groups[keys] = UnitGroup(frozenset(keys), alike)
        return known

    def concerns(self, measure: Measure, unit: Unit) -> bool:
        """Whether the register names this kind of unit for the measure."""
        return _named.of(measure, self.kinds_of(unit))[0]

    def drives(self, measure: Measure, unit: Unit) -> bool:
        """Whether the unit answers for what mines must carry out (督促煤矿企业落实)."""
        return _named.of(measure, self.kinds_of(unit))[1]

    def mines_below(self, unit: Unit) -> tuple[int, ...]:
        """The mines (by their unit's key) that a unit must drive: those it supervises; a government, those of its area."""
        return self._below.get(unit.id, ())

    def places(self, measure: Measure) -> Mapping[int, int]:
        """By unit: the unit in whose cell a fact about it counts. About a mine: see :meth:`answering`; else its :meth:`seat`."""
        named = (measure.responsible, measure.implementer, measure.obliged_by_text)
        known = self._places.get(named)
        if known is None:
            seats = self.seats(measure)
            places = {unit_id: seats.get(unit_id, unit_id) for unit_id in self.units}
            places |= {mine_id: self._answering(measure, mine) for mine_id, mine in self.mines.items()}
            known = self._places[named] = places
        return known

    def answering(self, measure: Measure, mine: Mine) -> int:
        """The unit in whose cell a fact about a mine counts: the mine where the register names it, else who answers over it."""
        return self.places(measure)[mine.unit_id]

    def _answering(self, measure: Measure, mine: Mine) -> int:
        if self.concerns(measure, self.units[mine.unit_id]):
            return mine.unit_id
        for unit_id in (self.supervisor_of(mine), *self._governing(mine)):
            if any(kind in measure.responsible for kind in self.kinds_of(self.units[unit_id])):
                return unit_id
        return mine.unit_id

    def supervisor_of(self, mine: Mine) -> int:
        """The daily supervising body; of the city, its coal section where it has one."""
        return self.sections.get(mine.supervisor_id, mine.supervisor_id)

    def seat(self, measure: Measure, unit_id: int) -> int:
        """The unit in whose cell a unit's duties count: a bureau's in its coal section's, where the register names only that."""
        return self.seats(measure).get(unit_id, unit_id)

    def seats(self, measure: Measure) -> Mapping[int, int]:
        """By unit, the :meth:`seat` of all that have another than their own."""
        return seats_of(measure, self.sections)

    def seated(self, measure: Measure, unit_ids: Iterable[int]) -> set[int]:
        """The units whose duties count in the cells of these."""
        wanted = set(unit_ids)
        return {unit_id for unit_id in self.with_bureaus(wanted) if self.seat(measure, unit_id) in wanted}

    def with_bureaus(self, unit_ids: Iterable[int]) -> set[int]:
        """These units and the bureaus of the coal sections among them."""
        wanted = set(unit_ids)
        return wanted | {bureau for bureau, section in self.sections.items() if section in wanted}

    def _governing(self, mine: Mine) -> tuple[int, ...]:
        """Offices in whose area the mine lies, the nearest first."""
        path = self.units[mine.unit_id].path
        return tuple(pk for scope, pk in self._offices if path.startswith(scope))

    @cached_property
    def _offices(self) -> list[tuple[str, int]]:
        kinds = (*BUREAUS, UnitKind.county_government, UnitKind.city_government)
        offices = [(unit.scope_path, unit.pk) for unit in self.units.values() if unit.kind in kinds]
        return sorted(offices, key=lambda office: (-len(office[0]), office[1]))

    @cached_property
    def sections(self) -> Mapping[int, int]:
        """Coal sections by the bureau of their city."""
        by_scope = {unit.scope_path: unit.pk for unit in self.units.values() if unit.kind == UnitKind.city_coal_section}
        bureaus = (unit for unit in self.units.values() if unit.kind == UnitKind.city_bureau)
        return {bureau.pk: by_scope[bureau.scope_path] for bureau in bureaus if bureau.scope_path in by_scope}

    @cached_property
    def _below(self) -> Mapping[int, tuple[int, ...]]:
        below: dict[int, list[int]] = {}
        for mine in self.mines.values():
            below.setdefault(self.supervisor_of(mine), []).append(mine.unit_id)
            for unit_id in self._governing(mine):
                if self.units[unit_id].kind in (UnitKind.county_government, UnitKind.city_government):
                    below.setdefault(unit_id, []).append(mine.unit_id)
        return {unit_id: tuple(mines) for unit_id, mines in below.items()}


def seats_of(measure: Measure, sections: Mapping[int, int]) -> Mapping[int, int]:
    """By unit, in whose cell its duties count where that is not its own: its coal section's, where the register names only that."""
    named = measure.responsible
    return {} if UnitKind.city_bureau in named or UnitKind.city_coal_section not in named else sections


def load_scope(on: date) -> Scope:
    """The scope as it stands now; who works on the platform, as of a day."""
    units, days = {unit.pk: unit for unit in board_units(KINDS)}, go_live_days()
    asleep = frozenset(unit.pk for unit in units.values() if days.by_path and not days.is_live(unit.path, on))
    mines = {mine.unit_id: mine for mine in board_mines() if mine.unit_id not in asleep}
    sections = (unit for unit in units.values() if unit.kind == UnitKind.city_coal_section)
    return Scope(units, mines, frozenset(unit.scope_path for unit in sections), asleep)


@cache
def owing_kinds(measure_code: str) -> frozenset[str]:
    """The kinds of units that owe by the corpus's obligations of a measure."""
    owners = {obligation.owner for obligation in obligations().values() if obligation.measure == measure_code}
    return frozenset(kind for owner in owners for kind in OWNING.get(owner, {owner}))
