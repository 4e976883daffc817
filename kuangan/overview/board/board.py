"""The task board (任务清单): a computed status for every measure, clause, unit and period, as of any moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from kuangan.base.period import Period
from kuangan.core.models import Unit, UnitKind, User
from kuangan.duty.proof.grades import Grade
from kuangan.law.clause import Clause, clauses, clauses_of
from kuangan.law.register import Measure, measure, tasks
from kuangan.overview.board.clauses import binds
from kuangan.overview.board.counts import CellStatus, Counts, worst
from kuangan.overview.board.reasons import no_evidence, not_concerned, unbuilt_words, why
from kuangan.overview.board.rows import Window
from kuangan.overview.board.scope import Scope, load_scope
from kuangan.overview.board.tallies import Tallies, tallies

Seen = Mapping[str, Mapping[int, CellStatus]]
"""By clause and unit: the status of what is counted."""


@dataclass(frozen=True)
class Cell:
    """A measure for one unit (or several together). ``mines``: the counts of the mines that a unit must drive, part of the status.

    ``said`` puts into words why the status is unknown, not shown by the platform, or does not apply; empty otherwise.
    """

    measure: str
    status: CellStatus
    counts: Counts
    mines: Counts | None = None
    said: Callable[[], str] = str

    @property
    def reason(self) -> str:
        """Put into words only when somebody reads it: most cells of a board are looked at, not read."""
        return self.said()

    def printed(self) -> dict[str, Any]:
        """The counts as ``kuangan board --json`` prints them."""
        return self.counts.shown() | ({"mines": self.mines.shown()} if self.mines is not None else {})


@dataclass(frozen=True)
class ClauseCell:
    """A clause for one unit, or several together; as :class:`Cell`."""

    clause: Clause
    status: CellStatus
    counts: Counts
    mines: Counts | None = None
    reason: str = ""

    @property
    def all_counts(self) -> Counts:
        """Its own counts and those of the mines that it must drive."""
        found = Counts()
        for each in (self.counts, self.mines):
            if each is not None:
                found.add(each)
        return found

    @property
    def grade(self) -> Grade | None:
        """How far what was done is proven; None where nothing was."""
        return self.all_counts.grade


@dataclass(frozen=True)
class Board:
    """The cells of some units, computed together."""

    scope: Scope
    window: Window
    units: tuple[Unit, ...]
    tallies: Tallies
    seen: Seen
    cells: Mapping[tuple[str, int], Cell] = field(default_factory=dict)

    def cell(self, measure_code: str, unit: Unit) -> Cell:
        """One unit's cell."""
        return self.cells[measure_code, unit.pk]

    def together(self, measure_code: str, units: Iterable[Unit]) -> Cell:
        """One cell of several units: counts added up, the gravest status; mines count once, by themselves."""
        found = [self.cells[measure_code, unit.pk] for unit in units]
        counts = Counts()
        for each in found:
            counts.add(each.counts)
        status = worst(*(each.status for each in found))
        telling = [each for each in found if each.status is status]
        return Cell(
            measure_code,
            status,
            counts,
            said=lambda: "；".join(dict.fromkeys(filter(None, (each.reason for each in telling)))),
        )

    def clause(self, clause: Clause, unit: Unit) -> ClauseCell:
        """A clause of one unit's cell."""
        law = measure(clause.measure)
        own, below = _counts(self.scope, law, unit, self.tallies.clauses, clause.id)
        status = _clause_status(clause, _standing(self.scope, law, unit), self.seen)
        return ClauseCell(clause, status, own, below, self._reason(law, clause, unit, status, own, below))

    def clause_together(self, clause: Clause, units: Iterable[Unit]) -> ClauseCell:
        """A clause of several units together."""
        found = [self.clause(clause, unit) for unit in units]
        counts = Counts()
        for each in found:
            counts.add(each.counts)
        status = worst(*(each.status for each in found))
        reasons = dict.fromkeys(each.reason for each in found if each.status is status and each.reason)
        return ClauseCell(clause, status, counts, reason="；".join(reasons))

    def _reason(
        self, law: Measure, clause: Clause, unit: Unit, status: CellStatus, own: Counts, below: Counts | None
    ) -> str:
        if status is CellStatus.unbuilt:
            return unbuilt_words([clause])
        if status is CellStatus.not_applicable:
            return "本条款不涉及该类单位"
        if status is not CellStatus.unknown:
            return ""
        known = [each for each in (own, below) if each is not None and not each.empty]
        return why(known) if known else no_evidence(self.scope, self.window, law, unit)

    @cached_property
    def proof(self) -> Counts:
        """What of all that was done rests on which grade of proof."""
        found = Counts()
        for each in self.cells.values():
            found.add(each.counts)
        return found


def board(units: Sequence[Unit], period: Period, at: datetime, only: str = "", reader: User | None = None) -> Board:
    """The board of these units for a period as it was known at a moment (``only`` for one measure); a constant number of queries.

    It counts what the reader may know of; None is the platform itself.
    """
    known = load_scope()
    window = Window(period, at)
    shown = tuple(known.units[unit.pk] for unit in units if unit.pk in known.units)
    wanted = {unit.pk for unit in shown} | {mine for unit in shown for mine in known.mines_below(unit)}
    counted = tallies(known, window, wanted, only, reader)
    seen = _seen_of(counted)
    cells = {
        (law.code, unit.pk): _cell(known, window, law, unit, counted, seen)
        for task in tasks()
        for law in task.measures
        if only in ("", law.code)
        for unit in shown
    }
    return Board(known, window, shown, counted, seen, cells)


def _cell(scope: Scope, window: Window, law: Measure, unit: Unit, counted: Tallies, seen: Seen) -> Cell:
    if not scope.concerns(law, unit) and (law.code, unit.pk) not in counted.measures:
        return Cell(law.code, CellStatus.not_applicable, Counts(), said=not_concerned)
    own, mines = _counts(scope, law, unit, counted.measures, law.code)
    standing = _standing(scope, law, unit)
    parts = [(clause, _clause_status(clause, standing, seen)) for clause in clauses_of(law.code)]
    known = [each for each in (own, mines) if each is not None and not each.empty]
    status = worst(*(each for _, each in parts), *(each.status for each in known))
    return Cell(law.code, status, own, mines, lambda: _said(scope, window, law, unit, status, known, parts))


def _said(
    scope: Scope,
    window: Window,
    law: Measure,
    unit: Unit,
    status: CellStatus,
    known: Sequence[Counts],
    parts: Sequence[tuple[Clause, CellStatus]],
) -> str:
    """Why a cell is as it is, where its counts do not say it."""
    alike = [clause for clause, each in parts if each is status]
    if status is CellStatus.unbuilt:
        return unbuilt_words(alike)
    if status is CellStatus.unknown:
        return why(known) or no_evidence(scope, window, law, unit, [clause.id for clause in alike])
    return "本措施各条款均不涉及该类单位" if status is CellStatus.not_applicable else ""


def _counts(scope: Scope, law: Measure, unit: Unit, counted: Any, key: str) -> tuple[Counts, Counts | None]:
    """A unit's own counts, and those of the mines that it must drive (None where it drives none for this measure)."""
    own = counted.get((key, unit.pk)) or Counts()
    if not scope.concerns(law, unit) or not scope.drives(law, unit):
        return own, None
    below = Counts()
    for mine_id in scope.mines_below(unit):
        if counts := counted.get((key, mine_id)):
            below.add(counts)
    return own, below


class Standing(NamedTuple):
    """How a unit stands to a measure: what kinds it is, whether the measure concerns it, whose counts stand in its cell."""

    kinds: tuple[str, ...]
    concerned: bool
    keys: tuple[int, ...]


def _standing(scope: Scope, law: Measure, unit: Unit) -> Standing:
    concerned = scope.concerns(law, unit)
    below = scope.mines_below(unit) if concerned and scope.drives(law, unit) else ()
    return Standing(scope.kinds_of(unit), concerned, (unit.pk, *below))


def _clause_status(clause: Clause, unit: Standing, seen: Seen) -> CellStatus:
    """The gravest of what is counted for the unit and the mines that it drives.

    Where nothing is: unknown for a unit that the clause binds. A clause that the platform does not wholly carry is no better than
    not built, whatever was counted.
    """
    known = seen.get(clause.id, {})
    statuses = {known[key] for key in unit.keys if key in known}
    if not clause.whole and (statuses or unit.concerned):
        statuses.add(CellStatus.unbuilt)
    if statuses:
        return worst(*statuses)
    bound = unit.concerned and not binds(clause.id).isdisjoint(unit.kinds)
    drives = len(unit.keys) > 1 and UnitKind.mine in binds(clause.id)
    return CellStatus.unknown if bound or drives else CellStatus.not_applicable


def _seen_of(counted: Tallies) -> Seen:
    """What is seen of each clause at each unit of which something is."""
    found: dict[str, dict[int, CellStatus]] = {}
    for (clause_id, unit_id), counts in counted.clauses.items():
        if not counts.empty:
            found.setdefault(clause_id, {})[unit_id] = _seen(clauses()[clause_id], counts)
    return found


def _seen(clause: Clause, counts: Counts) -> CellStatus:
    """What counts show of a clause: that a rule found nothing does not say that what had to be done was done."""
    status = counts.status
    if status is CellStatus.met and not counts.due and not _ACTED.isdisjoint(clause.kinds):
        return CellStatus.unknown
    return status


_ACTED: Final = frozenset("DP")
"""Kinds of clauses that ask for something to be done."""
