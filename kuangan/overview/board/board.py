"""The task board (任务清单): a computed status for every measure, clause, unit and period, as of any moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from kuangan.base.period import Period
from kuangan.core.models import Unit, User
from kuangan.duty.proof.grades import Grade
from kuangan.law.clause import Clause
from kuangan.law.register import Measure, measure, tasks
from kuangan.overview.board.counts import RANK, STATUSES, CellStatus, Counts
from kuangan.overview.board.making import NOTHING, Cell, Making, MeasureCells, making, together
from kuangan.overview.board.reasons import no_evidence, not_live_words, unbuilt_words, why
from kuangan.overview.board.rows import Window
from kuangan.overview.board.scope import Scope, load_scope
from kuangan.overview.board.tallies import tallies


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
        return Counts.total(counts for counts in (self.counts, self.mines) if counts is not None)

    @property
    def grade(self) -> Grade | None:
        """How far what was done is proven; None where nothing was."""
        return self.all_counts.grade


@dataclass(frozen=True)
class Board:
    """The cells of some units, computed together."""

    making: Making
    units: tuple[Unit, ...]
    measures: Mapping[str, MeasureCells]

    @property
    def scope(self) -> Scope:
        """All units of the board, with who stands to whom in what relation."""
        return self.making.scope

    @property
    def window(self) -> Window:
        """The period and the moment."""
        return self.making.window

    @property
    def cells(self) -> dict[tuple[str, int], Cell]:
        """All of them, by measure and unit."""
        return {(code, unit.id): cells.cell(unit) for code, cells in self.measures.items() for unit in self.units}

    def cell(self, measure_code: str, unit: Unit) -> Cell:
        return self.measures[measure_code].cell(unit)

    def together(self, measure_code: str, units: Iterable[Unit]) -> Cell:
        """One cell of several units: counts added up, the gravest status; mines count once, by themselves."""
        asked, cells = tuple(units), self.measures[measure_code]
        awake = self._awake(asked)
        return cells.together(self.scope.group(awake)) if awake or not asked else cells.asleep()

    def _awake(self, units: Sequence[Unit]) -> Sequence[Unit]:
        """Those that work on the platform."""
        asleep = self.scope.asleep
        return [unit for unit in units if unit.id not in asleep] if asleep else units

    def clause(self, clause: Clause, unit: Unit) -> ClauseCell:
        if unit.id in self.scope.asleep:
            return ClauseCell(clause, CellStatus.not_live, NOTHING, reason=not_live_words())
        law = measure(clause.measure)
        own, below = self.making.counts(law, unit, self.making.tallies.clauses.get(clause.id, {}))
        status = STATUSES[self.making.rank(clause, unit)]
        return ClauseCell(clause, status, own, below, self._reason(law, clause, unit, status, own, below))

    def clause_together(self, clause: Clause, units: Iterable[Unit]) -> ClauseCell:
        """A clause of several units together."""
        ranks = {unit: self.making.rank(clause, unit) for unit in self._awake(tuple(units))}
        gravest = min(ranks.values(), default=RANK[CellStatus.not_applicable])
        telling = [self.clause(clause, unit) for unit, rank in ranks.items() if rank == gravest]
        counts = together(self.making.tallies.clauses.get(clause.id, {}), (unit.id for unit in ranks))
        reasons = dict.fromkeys(cell.reason for cell in telling if cell.reason)
        return ClauseCell(clause, STATUSES[gravest], counts, reason="；".join(reasons))

    def _reason(
        self, law: Measure, clause: Clause, unit: Unit, status: CellStatus, own: Counts, below: Counts | None
    ) -> str:
        if status is CellStatus.unbuilt:
            return unbuilt_words([clause])
        if status is CellStatus.not_applicable:
            return "本条款不涉及该类单位"
        if status is not CellStatus.unknown:
            return ""
        known = [counts for counts in (own, below) if counts is not None and not counts.empty]
        return why(known) if known else no_evidence(self.scope, self.window, law, unit)

    @cached_property
    def proof(self) -> Counts:
        """What of all that was done rests on which grade of proof."""
        keys = [unit.id for unit in self.units]
        return Counts.total([together(cells.counted, keys) for cells in self.measures.values()])


def board(units: Sequence[Unit], period: Period, at: datetime, only: str = "", reader: User | None = None) -> Board:
    """The board of these units for a period as it was known at a moment (``only`` for one measure); a constant number of queries.

    It counts what the reader may know of; None is the platform itself.
    """
    window = Window(period, at)
    known = load_scope(window.last_day)
    shown = tuple(known.units[unit.pk] for unit in units if unit.pk in known.units)
    wanted = {unit.pk for unit in shown} | {mine for unit in shown for mine in known.mines_below(unit)}
    wanted -= known.asleep
    counted = tallies(known, window, wanted, only, reader)
    made = making(known, window, counted)
    laws = [law for task in tasks() for law in task.measures if only in ("", law.code)]
    return Board(made, shown, {law.code: made.of(law) for law in laws})
