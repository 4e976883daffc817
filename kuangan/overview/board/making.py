"""The cells of the task board: a measure for a unit, with the gravest status of its clauses and counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from kuangan.core.models import Unit, UnitKind
from kuangan.law.clause import Clause, clauses, clauses_of
from kuangan.law.register import Measure, measure
from kuangan.overview.board.clauses import binds
from kuangan.overview.board.counts import RANK, STATUSES, CellStatus, Counts
from kuangan.overview.board.reasons import no_evidence, not_concerned, unbuilt_words, why
from kuangan.overview.board.rows import Window
from kuangan.overview.board.scope import Kinds, Scope
from kuangan.overview.board.tallies import Tallies

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
    """A clause for units alike: the ranks of what is counted, by unit; the rank where nothing is, and the best where something is."""

    seen: Mapping[int, int]
    unseen: int
    best: int

    def rank(self, keys: Sequence[int]) -> int:
        """The gravest of what is counted for these units."""
        ranks = [self.seen[key] for key in keys if key in self.seen]
        return min(self.best, *ranks) if ranks else self.unseen


class MeasureStanding(NamedTuple):
    """How units of a kind stand to a measure: whether it names them, whether they answer for mines, and its clauses in order.

    ``driving``: the clauses for those of them that have mines to answer for.
    """

    parts: tuple[ClausePart, ...]
    driving: tuple[ClausePart, ...]
    is_named: bool
    drives: bool

    def gravest(self, key: int, driven: tuple[int, ...]) -> int:
        """The rank of the gravest clause of a unit, with the mines that it drives."""
        gravest = _NONE
        if driven:
            keys = (key, *driven)
            return min((part.rank(keys) for part in self.driving), default=gravest)
        for seen, unseen, best in self.parts:
            rank = min(seen[key], best) if key in seen else unseen
            gravest = min(gravest, rank)
        return gravest


NOTHING: Final = Counts()
"""The counts of all cells of which nothing is counted."""
_UNBUILT, _UNKNOWN, _NONE = (
    RANK[status] for status in (CellStatus.unbuilt, CellStatus.unknown, CellStatus.not_applicable)
)


@dataclass(frozen=True)
class Making:
    """What the cells of a board are made of."""

    scope: Scope
    window: Window
    tallies: Tallies
    seen: Seen
    _standings: dict[tuple[str, Kinds], MeasureStanding] = field(default_factory=dict)

    def cells(self, law: Measure, units: Sequence[Unit]) -> Iterator[Cell]:
        counted = self.tallies.measures.get(law.code, {})
        unnamed = Cell(law.code, CellStatus.not_applicable, NOTHING, said=lambda _: not_concerned())
        said = self.said
        for unit in units:
            standing, key = self.standing(law, unit), unit.id
            if not standing.is_named and key not in counted:
                yield unnamed
                continue
            driven = self.scope.mines_below(unit) if standing.drives else ()
            rank, own = standing.gravest(key, driven), counted.get(key, NOTHING)
            if not own.empty:
                rank = min(rank, RANK[own.status])
            mines = together(counted, driven) if standing.drives else None
            if mines is not None and not mines.empty:
                rank = min(rank, RANK[mines.status])
            yield Cell(law.code, STATUSES[rank], own, mines, said, unit)

    def counts(self, law: Measure, unit: Unit, counted: Mapping[int, Counts]) -> tuple[Counts, Counts | None]:
        """A unit's own counts, and those of the mines that it must drive (None where it drives none for this measure)."""
        drives = self.standing(law, unit).drives
        own = counted.get(unit.id, NOTHING)
        return own, together(counted, self.scope.mines_below(unit)) if drives else None

    def ranks(self, law: Measure, unit: Unit) -> dict[str, int]:
        """By clause of a measure: the rank of the gravest of what is counted for the unit and the mines that it drives."""
        standing = self.standing(law, unit)
        driven = self.scope.mines_below(unit) if standing.drives else ()
        parts = standing.driving if driven else standing.parts
        ranks = (part.rank((unit.id, *driven)) for part in parts)
        return dict(zip((clause.id for clause in clauses_of(law.code)), ranks, strict=True))

    def standing(self, law: Measure, unit: Unit) -> MeasureStanding:
        """How a unit stands to a measure; worked out once for units alike."""
        kinds = self.scope.kinds_of(unit)
        known = self._standings.get((law.code, kinds))
        if known is None:
            is_named = self.scope.concerns(law, unit)
            drives = is_named and self.scope.drives(law, unit)
            parts, driving = (
                tuple(
                    self._part(clause, kinds, is_named=is_named, is_driving=is_driving)
                    for clause in clauses_of(law.code)
                )
                for is_driving in (False, drives)
            )
            known = self._standings[law.code, kinds] = MeasureStanding(parts, driving, is_named=is_named, drives=drives)
        return known

    def _part(self, clause: Clause, kinds: Kinds, *, is_named: bool, is_driving: bool) -> ClausePart:
        """Where nothing is counted: unknown for a unit that the clause binds.

        A clause that the platform does not wholly carry is no better than not built, whatever was counted.
        """
        is_bound = is_named and not binds(clause.id).isdisjoint(kinds)
        unseen = _UNKNOWN if is_bound or (is_driving and UnitKind.mine in binds(clause.id)) else _NONE
        if is_named and not clause.whole:
            unseen = _UNBUILT
        return ClausePart(self.seen.get(clause.id, {}), unseen, _NONE if clause.whole else _UNBUILT)

    def said(self, cell: Cell) -> str:
        """Why a unit's cell is as it is, where its counts do not say it."""
        if cell.unit is None:
            return ""
        if cell.status is CellStatus.not_applicable:
            return "本措施各条款均不涉及该类单位"
        if cell.status not in (CellStatus.unbuilt, CellStatus.unknown):
            return ""
        law = measure(cell.measure)
        if cell.status is CellStatus.unbuilt and self.standing(law, cell.unit).is_named:
            # Nothing graver is counted, and no clause that the platform does not wholly carry is any better.
            return unbuilt_words([clause for clause in clauses_of(law.code) if not clause.whole])
        alike = [
            clauses()[clause_id]
            for clause_id, rank in self.ranks(law, cell.unit).items()
            if STATUSES[rank] is cell.status
        ]
        if cell.status is CellStatus.unbuilt:
            return unbuilt_words(alike)
        known = [counts for counts in (cell.counts, cell.mines) if counts is not None and not counts.empty]
        unshown = [clause.id for clause in alike]
        return why(known) or no_evidence(self.scope, self.window, law, cell.unit, unshown)


def together(counted: Mapping[int, Counts], units: Iterable[int]) -> Counts:
    """The counts of several units added up."""
    total = Counts()
    for unit_id in units:
        if counts := counted.get(unit_id):
            total.add(counts)
    return total


def making(scope: Scope, window: Window, counted: Tallies) -> Making:
    """What cells are made of, of these counts."""
    return Making(
        scope,
        window,
        counted,
        {clause_id: _seen_of(clauses()[clause_id], of) for clause_id, of in counted.clauses.items()},
    )


def _seen_of(clause: Clause, counted: Mapping[int, Counts]) -> Mapping[int, int]:
    """What is seen of a clause at each unit of which something is."""
    return {unit_id: RANK[_seen(clause, counts)] for unit_id, counts in counted.items() if not counts.empty}


def _seen(clause: Clause, counts: Counts) -> CellStatus:
    """What counts show of a clause: that a rule found nothing does not say that what had to be done was done."""
    status = counts.status
    if status is CellStatus.met and not counts.due and not _ACTED.isdisjoint(clause.kinds):
        return CellStatus.unknown
    return status


_ACTED: Final = frozenset("DP")
"""Kinds of clauses that ask for something to be done."""
