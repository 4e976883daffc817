"""`kuangan board`: the task board of all units, as JSON or in a line for each measure."""

import argparse
import json
import sys
from collections import Counter
from datetime import datetime
from typing import Any

from kuangan.base import clock
from kuangan.base.period import Period, parse_period, period_of
from kuangan.core.models import Unit
from kuangan.core.queries.local_answers import keep_up
from kuangan.law.clause import clauses
from kuangan.law.register import tasks
from kuangan.overview.board.board import Board, ClauseCell, board
from kuangan.overview.board.counts import CellStatus
from kuangan.overview.board.scope import KINDS
from kuangan.overview.queries.board import board_units


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出全部单元格")
    parser.add_argument("--period", default="", help="期间，如 2026、2026-H1、2026-Q1、2026-03（默认本月）")
    parser.add_argument("--as-of", default="", help="截至时间，如 2026-03-31T23:59:59+08:00（默认现在）")
    parser.add_argument("--unit", default="", help="只看一个单位（编码）")


def run(args: argparse.Namespace) -> int:
    """Compute and print; 2 = a period, a moment or a unit that cannot be read."""
    keep_up()
    try:
        at = moment_of(args.as_of)
        period = parse_period(args.period) if args.period else period_of("month", clock.civil_date(at))
    except ValueError as unread:
        print(f"期间或截至时间无法识别：{unread}", file=sys.stderr)
        return 2
    units = board_units(KINDS)
    chosen = list(units.filter(code=args.unit) if args.unit else units)
    if args.unit and not chosen:
        print(f"任务清单中没有编码为“{args.unit}”的单位；请核对 --unit", file=sys.stderr)
        return 2
    made = board(chosen, period, at)
    print(json.dumps(printed(made), ensure_ascii=False) if args.json else _summary(made, period))
    return 0


def moment_of(written: str) -> datetime:
    """A moment as written; a bare time is Beijing's, nothing is now. Raises ``ValueError``."""
    if not written:
        return clock.now()
    read = datetime.fromisoformat(written)
    return read if read.tzinfo else read.replace(tzinfo=clock.BEIJING)


def printed(made: Board) -> dict[str, Any]:
    """The board as JSON: one cell for each measure and unit, one for each clause and unit, and how far what is done is proven."""
    units = {unit.pk: unit for unit in made.units}
    period = made.window.period.key
    return {
        "cells": [
            {
                "measure": code,
                "unit": units[unit_id].code,
                "period": period,
                "status": cell.status.value,
                "counts": cell.printed(),
            }
            for (code, unit_id), cell in made.cells.items()
        ],
        "clauses": [
            _clause(made.clause(clause, unit), unit, period) for clause in clauses().values() for unit in made.units
        ],
        "proof": made.proof.proof(),
    }


def _clause(cell: ClauseCell, unit: Unit, period: str) -> dict[str, Any]:
    return {
        "clause": cell.clause.id,
        "unit": unit.code,
        "period": period,
        "built": cell.clause.built,
        "status": cell.status.value,
        "grade": cell.grade.value if cell.grade else None,
        "counts": cell.counts.shown() | ({"mines": cell.mines.shown()} if cell.mines is not None else {}),
        "proof": cell.all_counts.proof(),
    }


def _summary(made: Board, period: Period) -> str:
    """One line for each measure: how many units have which status."""
    lines = [f"任务清单 {period.label}，{len(made.units)} 个单位"]
    for task in tasks():
        for measure in task.measures:
            statuses = Counter(made.cell(measure.code, unit).status for unit in made.units)
            words = "  ".join(f"{status.label} {statuses[status]}" for status in CellStatus if statuses[status])
            lines.append(f"{measure.code:>5}  {words}")
    return "\n".join(lines)
