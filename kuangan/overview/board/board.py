"""The task board (任务清单): a computed status for every measure, unit and period, as of any moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from kuangan.base.period import Period
from kuangan.core.models import Unit
from kuangan.law.content import rules
from kuangan.law.register import Measure, tasks
from kuangan.overview.board.counts import CellStatus, Counts, worst
from kuangan.overview.board.rows import Tallies, Window, case_measures, is_future, tallies
from kuangan.overview.board.scope import Scope, load_scope, owing_kinds


@dataclass(frozen=True)
class Cell:
    """A measure for one unit (or several together). ``mines``: the counts of the mines that a unit must drive, part of the status.

    ``reason``: in words, why the status is unknown or does not apply; empty otherwise.
    """

    measure: str
    status: CellStatus
    counts: Counts
    mines: Counts | None = None
    reason: str = ""

    def printed(self) -> dict[str, Any]:
        """The counts as ``kuangan board --json`` prints them."""
        return self.counts.shown() | ({"mines": self.mines.shown()} if self.mines is not None else {})


@dataclass(frozen=True)
class Board:
    """The cells of some units, computed together."""

    scope: Scope
    window: Window
    units: tuple[Unit, ...]
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
        reasons = dict.fromkeys(each.reason for each in found if each.status is status and each.reason)
        return Cell(measure_code, status, counts, reason="；".join(reasons))


def board(units: Sequence[Unit], period: Period, at: datetime, only: str = "") -> Board:
    """The board of these units for a period as it was known at a moment (``only`` for one measure); a constant number of queries."""
    known = load_scope()
    window = Window(period, at)
    shown = tuple(known.units[unit.pk] for unit in units if unit.pk in known.units)
    wanted = {unit.pk for unit in shown} | {mine for unit in shown for mine in known.mines_below(unit)}
    counted = tallies(known, window, wanted, only)
    cells = {
        (measure.code, unit.pk): _cell(known, window, measure, unit, counted)
        for task in tasks()
        for measure in task.measures
        if only in ("", measure.code)
        for unit in shown
    }
    return Board(known, window, shown, cells)


def _cell(scope: Scope, window: Window, measure: Measure, unit: Unit, counted: Tallies) -> Cell:
    own = counted.get((measure.code, unit.pk)) or Counts()
    if not scope.concerns(measure, unit):
        if own.empty:
            return Cell(measure.code, CellStatus.not_applicable, own, reason="任务分工未将本措施列为该类单位的职责")
        return Cell(measure.code, own.status, own, reason=_why(own))
    mines = _of_mines(scope, measure, unit, counted)
    if own.empty and (mines is None or mines.empty):
        return Cell(measure.code, CellStatus.unknown, own, mines, _no_evidence(scope, window, measure, unit))
    known = [each for each in (own, mines) if each is not None and not each.empty]
    status = worst(*(each.status for each in known))
    return Cell(measure.code, status, own, mines, _why_of(known) if status is CellStatus.unknown else "")


def _why_of(parts: Iterable[Counts]) -> str:
    """Why a cell of several counts is unknown."""
    together = Counts()
    for each in parts:
        together.add(each)
    return _why(together)


def _of_mines(scope: Scope, measure: Measure, unit: Unit, counted: Tallies) -> Counts | None:
    """The counts of the mines that the unit must drive; None where it drives none for this measure."""
    if not scope.drives(measure, unit):
        return None
    found = Counts()
    for mine_id in scope.mines_below(unit):
        if counts := counted.get((measure.code, mine_id)):
            found.add(counts)
    return found


def _why(counts: Counts) -> str:
    """Why a cell with counts is unknown."""
    if counts.status is not CellStatus.unknown:
        return ""
    parts = []
    if counts.unknown:
        parts.append(f"{counts.unknown}项因缺少记录或监测数据不能判断")
    if counts.excused:
        parts.append(f"{counts.excused}项经认可免责，没有完成，不计为完成")
    return "；".join(parts)


def _no_evidence(scope: Scope, window: Window, measure: Measure, unit: Unit) -> str:
    """Why nothing at all is known of a unit that answers for a measure."""
    if is_future(window):
        return "该期间尚未开始"
    if not has_source(measure.code):
        return "本措施的办理和监测数据尚未接入平台，没有可供判断的证据"
    if scope.drives(measure, unit) and not scope.mines_below(unit):
        return "没有由其负责督促的煤矿，也没有本期应办事项，没有可供判断的证据"
    owed = any(kind in owing_kinds(measure.code) for kind in scope.kinds_of(unit))
    return "该期间没有生成应办事项，也没有可供判断的记录" if owed else "该单位本期没有可供判断的记录"


@cache
def has_source(measure_code: str) -> bool:
    """Whether the corpus holds anything that yields evidence for a measure."""
    of_rules = {rule.measure for rule in rules()}
    of_cases = {code for codes in case_measures().values() for code in codes}
    return bool(owing_kinds(measure_code)) or measure_code in of_rules | of_cases
