"""The cells of the task board: a measure for a unit, with the gravest status of its clauses and counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from kuangan.core.models import Unit, UnitKind
from kuangan.law.clause import Clause, clauses, clauses_of
from kuangan.law.register import Measure, measure
from kuangan.overview.board.clauses import binds
from kuangan.overview.board.counts import RANK, STATUSES, CellStatus, Counts
from kuangan.overview.board.reasons import no_evidence, not_concerned, not_live_words, unbuilt_words, why
from kuangan.overview.board.rows import Window
from kuangan.overview.board.scope import Kinds, Scope, UnitGroup
from kuangan.overview.board.sums import Tallies

Seen = Mapping[str, Mapping[int, int]]
"""By clause and unit: the rank of the status of what is counted."""


class Cell(NamedTuple):
    """A measure for one unit (or several together). ``mines``: the counts of the mines that a unit must drive, part of the status.

    ``said`` puts into words why the status is unknown, not shown by the platform, or does not apply; empty otherwise.
    ``unit``: None of several together, and where the register does not name it. Thousands are made for a page: a plain tuple.
    """

    measure: str
    status: CellStatus
    counts: Counts
    mines: Counts | None = None
    said: Callable[["Cell"], str] = lambda _: ""
    unit: Unit | None = None

    @property
    def reason(self) -> str:
        """Put into words only when somebody reads it: most cells of a board are looked at, not read."""
        return self.said(self)

    def printed(self) -> dict[str, Any]:
        """The counts as ``kuangan board --json`` prints them."""
        return self.counts.shown() | ({"mines": self.mines.shown()} if self.mines is not None else {})


class ClausePart(NamedTuple):
    """A clause for units alike: the ranks of what is seen, by unit, and the rank where nothing is."""

    seen: Mapping[int, int]
    unseen: int

    def rank(self, keys: Sequence[int]) -> int:
        """The gravest of what is seen of these units."""
        return min([self.seen[key] for key in keys if key in self.seen], default=self.unseen)


class MeasureStanding(NamedTuple):
    """How units of a kind stand to a measure: whether it names them, whether they answer for mines, and its clauses by id.

    ``driving``: the clauses for those of them that have mines to answer for.
    """

    parts: Mapping[str, ClausePart]
    driving: Mapping[str, ClausePart]
    is_named: bool
    drives: bool
    untouched: int
    """The rank of the gravest clause of a unit of which nothing is counted, nor of mines that it drives."""

    def gravest(self, key: int, driven: tuple[int, ...]) -> int:
        """The rank of the gravest clause of a unit, with the mines that it drives."""
        if driven:
            keys = (key, *driven)
            return min((part.rank(keys) for part in self.driving.values()), default=_NONE)
        return min([seen.get(key, unseen) for seen, unseen in self.parts.values()], default=_NONE)


NOTHING: Final = Counts()
"""The counts of all cells of which nothing is counted."""
_UNBUILT, _UNKNOWN, _MET, _NONE = (
    RANK[status] for status in (CellStatus.unbuilt, CellStatus.unknown, CellStatus.met, CellStatus.not_applicable)
)


@dataclass(frozen=True)
class Making:
    """What the cells of a board are made of."""

    scope: Scope
    window: Window
    tallies: Tallies
    seen: Seen
    _standings: dict[tuple[str, Kinds], MeasureStanding] = field(default_factory=dict)
    _untouched: dict[tuple[str, Kinds], str] = field(default_factory=dict)

    def of(self, law: Measure) -> "MeasureCells":
        """The cells of a measure."""
        counted = self.tallies.measures.get(law.code, {})
        touched = {*counted, *(key for clause in clauses_of(law.code) for key in self.seen.get(clause.id, ()))}
        return MeasureCells(self, law, counted, frozenset(touched))

    def counts(self, law: Measure, unit: Unit, counted: Mapping[int, Counts]) -> tuple[Counts, Counts | None]:
        """A unit's own counts, and those of the mines that it must drive (None where it drives none for this measure)."""
        drives = self.standing(law, unit).drives
        own = counted.get(unit.id, NOTHING)
        return own, together(counted, self.scope.mines_below(unit)) if drives else None

    def rank(self, clause: Clause, unit: Unit) -> int:
        """The rank of the gravest of what is counted of a clause for the unit and the mines that it drives."""
        standing = self.standing(measure(clause.measure), unit)
        driven = self.scope.mines_below(unit) if standing.drives else ()
        parts = standing.driving if driven else standing.parts
        return parts[clause.id].rank((unit.id, *driven))

    def standing(self, law: Measure, unit: Unit) -> MeasureStanding:
        """How a unit stands to a measure; worked out once for units alike."""
        kinds = self.scope.kinds_of(unit)
        known = self._standings.get((law.code, kinds))
        if known is None:
            is_named = self.scope.concerns(law, unit)
            drives = is_named and self.scope.drives(law, unit)
            parts, driving = (
                {
                    clause.id: self._part(clause, kinds, is_named=is_named, is_driving=is_driving)
                    for clause in clauses_of(law.code)
                }
                for is_driving in (False, drives)
            )
            untouched = min((part.unseen for part in parts.values()), default=_NONE)
            known = self._standings[law.code, kinds] = MeasureStanding(parts, driving, is_named, drives, untouched)
        return known

    def _part(self, clause: Clause, kinds: Kinds, *, is_named: bool, is_driving: bool) -> ClausePart:
        """Where nothing is counted: unknown for a unit that the clause binds; not built where the platform does not wholly carry it."""
        is_bound = is_named and not binds(clause.id).isdisjoint(kinds)
        unseen = _UNKNOWN if is_bound or (is_driving and UnitKind.mine in binds(clause.id)) else _NONE
        if is_named and not clause.whole:
            unseen = _UNBUILT
        return ClausePart(self.seen.get(clause.id, {}), unseen)

    def said(self, cell: Cell) -> str:
        """Why a unit's cell is as it is, where its counts do not say it."""
        if cell.unit is None or cell.status not in _SAID:
            return ""
        if cell.status is CellStatus.not_applicable:
            return "本措施各条款均不涉及该类单位"
        law = measure(cell.measure)
        if cell.status is CellStatus.unbuilt and self.standing(law, cell.unit).is_named:
            # Nothing graver is counted, and no clause that the platform does not wholly carry is any better.
            return _unbuilt_of(law.code)
        known = [counts for counts in (cell.counts, cell.mines) if counts is not None and not counts.empty]
        if cell.status is CellStatus.unknown and (words := why(known)):
            return words
        alike = [clause for clause in clauses_of(law.code) if STATUSES[self.rank(clause, cell.unit)] is cell.status]
        if cell.status is CellStatus.unbuilt:
            return unbuilt_words(alike)
        return no_evidence(self.scope, self.window, law, cell.unit, [clause.id for clause in alike])

    def said_untouched(self, cell: Cell) -> str:
        """``said`` of a unit that drives no mines and of which nothing is counted: worded once for units alike."""
        if cell.unit is None:
            return ""
        alike = cell.measure, self.scope.kinds_by_unit[cell.unit.id]
        known = self._untouched.get(alike)
        if known is None:
            known = self._untouched[alike] = self.said(cell)
        return known


@dataclass(frozen=True)
class MeasureCells:
    """The cells of one measure, each made when it is asked for. ``counted``: its counts by unit. ``touched``: units of which anything is known."""

    making: Making
    law: Measure
    counted: Mapping[int, Counts]
    touched: frozenset[int]

    def cell(self, unit: Unit) -> Cell:
        making, key = self.making, unit.id
        if key in making.scope.asleep:
            return self.asleep()
        standing = making.standing(self.law, unit)
        if not standing.is_named and key not in self.counted:
            return Cell(self.law.code, CellStatus.not_applicable, NOTHING, said=lambda _: not_concerned())
        own, mines = making.counts(self.law, unit, self.counted)
        said = making.said if standing.drives or key in self.touched else making.said_untouched
        return Cell(self.law.code, STATUSES[self._rank(unit, standing)], own, mines, said, unit)

    def asleep(self) -> Cell:
        """The cell of a unit that does not work on the platform yet."""
        return Cell(self.law.code, CellStatus.not_live, NOTHING, said=lambda _: not_live_words())

    def together(self, group: UnitGroup) -> Cell:
        """One cell of several units: counts added up, the gravest status; mines count once, by themselves."""
        ranked = self._ranked(group)
        gravest = min(ranked, default=_NONE)
        status, counts = STATUSES[gravest], together(self.counted, self.touched & group.keys)
        return Cell(self.law.code, status, counts, said=lambda _: self._said_by(ranked.get(gravest, ()), status))

    def _ranked(self, group: UnitGroup) -> Mapping[int, list[Unit]]:
        """Units by the rank of their cells; of those alike of which nothing is known, one for all."""
        ranked: dict[int, list[Unit]] = {}
        for units in group.alike:
            standing = self.making.standing(self.law, units[0])
            for unit in units if standing.drives else self._telling(units):
                ranked.setdefault(self._rank(unit, standing), []).append(unit)
        return ranked

    def _telling(self, units: Sequence[Unit]) -> list[Unit]:
        """Of units alike, those of which something is known, and one of the others."""
        known = [unit for unit in units if unit.id in self.touched]
        return (
            known if len(known) == len(units) else [*known, next(unit for unit in units if unit.id not in self.touched)]
        )

    def _rank(self, unit: Unit, standing: MeasureStanding) -> int:
        """The rank of the status of a unit's cell."""
        key = unit.id
        if not standing.is_named and key not in self.counted:
            return _NONE
        own = self.counted.get(key, NOTHING)
        if standing.drives:
            driven = self.making.scope.mines_below(unit)
            return min(standing.gravest(key, driven), own.rank, together(self.counted, driven).rank)
        return min(standing.gravest(key, ()), own.rank) if key in self.touched else standing.untouched

    def _said_by(self, units: Iterable[Unit], status: CellStatus) -> str:
        """Their reasons; asked of one where several are sure to say the same."""
        if status not in _SAID:
            return ""
        told: dict[object, Unit] = {}
        for unit in units:
            told.setdefault(self._alike(unit, status), unit)
        return "；".join(dict.fromkeys(filter(None, (self.cell(unit).reason for unit in told.values()))))

    def _alike(self, unit: Unit, status: CellStatus) -> object:
        """Units with this status for which it is the same say the same: by their kind, by what is counted of them, or each for itself."""
        standing, own = self.making.standing(self.law, unit), self.counted.get(unit.id, NOTHING)
        if status is CellStatus.unbuilt and standing.is_named:
            return self.making.scope.kinds_of(unit)
        if status is CellStatus.unknown and not standing.drives and (own.unknown or own.excused):
            return own.unknown, own.excused
        return unit.id


@cache
def _unbuilt_of(measure_code: str) -> str:
    """Of the clauses of a measure that the platform does not wholly carry."""
    return unbuilt_words([clause for clause in clauses_of(measure_code) if not clause.whole])


def together(counted: Mapping[int, Counts], units: Iterable[int]) -> Counts:
    """The counts of several units added up."""
    return Counts.total([counted[unit_id] for unit_id in units if unit_id in counted])


def making(scope: Scope, window: Window, counted: Tallies) -> Making:
    """What cells are made of, of these counts."""
    return Making(
        scope,
        window,
        counted,
        {clause_id: _seen_of(clauses()[clause_id], of) for clause_id, of in counted.clauses.items()},
    )


def _seen_of(clause: Clause, counted: Mapping[int, Counts]) -> Mapping[int, int]:
    """The rank of what is seen of a clause at each unit of which something is.

    A clause that the platform does not wholly carry is no better than not built, whatever was counted.
    """
    best = _NONE if clause.whole else _UNBUILT
    # That a rule found nothing does not say that what had to be done was done.
    cleared = _MET if _ACTED.isdisjoint(clause.kinds) else _UNKNOWN
    return {
        unit_id: min(best, cleared if rank == _MET and not counts.due else rank)
        for unit_id, counts in counted.items()
        if (rank := counts.rank) != _NONE
    }


_SAID: Final = frozenset({CellStatus.not_applicable, CellStatus.unbuilt, CellStatus.unknown})
"""The statuses that are put into words."""
_ACTED: Final = frozenset("DP")
"""Kinds of clauses that ask for something to be done."""
