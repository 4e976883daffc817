"""任务清单: 44 measures against the units in sight, one cell's evidence behind a door, and the official table for print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse
from django.urls import reverse

from kuangan.core.models import Unit
from kuangan.core.queries import areas_visible_to
from kuangan.law.register import Measure, Task, tasks
from kuangan.overview.board.board import Board, board
from kuangan.overview.board.counts import CellStatus, worst
from kuangan.overview.board.making import Cell
from kuangan.web.board.frame import (
    WORDS,
    BoardFrame,
    ShownCell,
    UnitColumn,
    columns_of,
    frame_of,
    shown_cell,
    spelled,
    units_in_sight,
)
from kuangan.web.frame.doors import MINE, OVERSEERS, door
from kuangan.web.frame.lists import Column as SheetColumn
from kuangan.web.frame.lists import export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request


@dataclass(frozen=True)
class MeasureLine:
    """A measure with its cells; ``chosen``: the one shown on a narrow screen."""

    measure: Measure
    cells: tuple[ShownCell, ...]
    chosen: ShownCell


@dataclass(frozen=True)
class TaskGroup:
    task: Task
    lines: tuple[MeasureLine, ...]


UNCOUNTED: Final = (CellStatus.not_live, CellStatus.not_applicable)


@door(*OVERSEERS, *MINE)
def task_board(request: Request) -> HttpResponse:
    """The matrix of measures and units for the chosen period and moment."""
    frame, units = frame_of(request), units_in_sight(request)
    columns = columns_of(request, units)
    made = board([unit for column in columns for unit in column.units], frame.period, frame.at, reader=request.user)
    if wants_export(request):
        return export(f"任务清单{frame.period.key}", SHEET, _sheet_rows(made, columns))
    chosen = next(
        (column for column in columns if column.code == request.GET.get("unit")), columns[0] if columns else None
    )
    groups = [_group(made, task, columns, chosen, frame) for task in tasks()] if chosen else []
    counted = {status: 0 for status in CellStatus if status not in UNCOUNTED}
    for group in groups:
        for line in group.lines:
            status = worst(*(shown.cell.status for shown in line.cells))
            if status in counted:
                counted[status] += 1
    return show(
        request,
        "board/board.html",
        frame=frame,
        columns=columns,
        chosen=chosen,
        groups=groups,
        counted=counted.items(),
        proof=made.proof,
        area=next((area for area in areas_visible_to(request.user) if area.code == request.GET.get("area")), None),
    )


def _group(made: Board, task: Task, columns: Sequence[UnitColumn], chosen: UnitColumn, frame: BoardFrame) -> TaskGroup:
    return TaskGroup(task, tuple(_line(made, measure, columns, chosen, frame) for measure in task.measures))


def _line(
    made: Board, measure: Measure, columns: Sequence[UnitColumn], chosen: UnitColumn, frame: BoardFrame
) -> MeasureLine:
    inside, query = f"{reverse('board')}{measure.code}/", frame.query
    cells = tuple(shown_cell(made, measure.code, column, inside, query) for column in columns)
    return MeasureLine(measure, cells, next(cell for cell in cells if cell.column is chosen))


@dataclass(frozen=True)
class MeasureRow:
    """A line of the Excel file: one measure for one column."""

    task: Task
    measure: Measure
    column: UnitColumn
    cell: Cell


SHEET = (
    SheetColumn("重点任务", lambda line: f"{line.task.number}. {line.task.title}", 24),
    SheetColumn("措施", lambda line: line.measure.code, 8),
    SheetColumn("工作措施", lambda line: line.measure.text, 60),
    SheetColumn("责任单位", lambda line: line.measure.units_text, 30),
    SheetColumn("单位", lambda line: line.column.name, 26),
    SheetColumn("状态", lambda line: line.cell.status.label, 10),
    *(SheetColumn(word, lambda line, name=name: getattr(line.cell.counts, name), 10) for name, word in WORDS),  # type: ignore[misc]  # the default binds each name
    SheetColumn("自报", lambda line: line.cell.counts.own, 10),
    SheetColumn("经核实", lambda line: line.cell.counts.accepted, 10),
    SheetColumn("机器核对", lambda line: line.cell.counts.machine, 10),
    SheetColumn("说明", lambda line: line.cell.reason, 40),
)


def _sheet_rows(made: Board, columns: Sequence[UnitColumn]) -> Iterator[MeasureRow]:
    for task in tasks():
        for measure in task.measures:
            for column in columns:
                yield MeasureRow(task, measure, column, shown_cell(made, measure.code, column, "", "").cell)


@dataclass(frozen=True)
class PrintedRow:
    """A row of the official table: the measure, its status and the counts in words."""

    measure: Measure
    cell: Cell
    words: str


@door(*OVERSEERS, *MINE)
def board_print(request: Request) -> HttpResponse:
    """The official four-column table with the status of one unit, or of all in an area together."""
    frame, units = frame_of(request), units_in_sight(request)
    name, chosen = chosen_units(request, request.GET.get("unit", ""), units)
    made = board(chosen, frame.period, frame.at, reader=request.user)
    column = UnitColumn("", name, tuple(chosen))
    printed = [
        (task, [PrintedRow(measure, cell := _of(made, measure, column), spelled(cell)) for measure in task.measures])
        for task in tasks()
    ]
    return show(request, "board/print.html", frame=frame, name=name, rows=printed)


def _of(made: Board, measure: Measure, column: UnitColumn) -> Cell:
    if len(column.units) == 1:
        return made.cell(measure.code, column.units[0])
    return made.together(measure.code, column.units)


def chosen_units(request: Request, code: str, units: Sequence[Unit]) -> tuple[str, list[Unit]]:
    """The unit with a code, or all units in the area with it; without a code, all in sight. 404 for what is out of sight."""
    if not code:
        return "全部单位", list(units)
    single = [unit for unit in units if unit.code == code]
    if single:
        return single[0].name, single
    area = next((area for area in areas_visible_to(request.user) if area.code == code), None)
    if area is None:
        raise Http404
    return area.name, [unit for unit in units if unit.path.startswith(area.path)]
