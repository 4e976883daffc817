"""The clauses of a cell: status, counts, how far what was done is proven, and what is missing."""

from collections.abc import Sequence
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.core.models import Unit
from kuangan.law.clause import BUILT, WORKS, clauses_of
from kuangan.overview.board.board import Board, ClauseCell
from kuangan.overview.board.counts import CellStatus
from kuangan.web.board.frame import ICONS, spelled
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.tables import Table


def clause_table(made: Board, measure_code: str, single: Unit | None, chosen: Sequence[Unit]) -> Table:
    """The clauses of a measure for a unit, or for several together."""
    cells = [
        made.clause(clause, single) if single else made.clause_together(clause, chosen)
        for clause in clauses_of(measure_code)
    ]
    return Table(CLAUSES, cells, "本措施没有条款。")


def proof_words(cell: ClauseCell) -> str:
    """What was done, by the grade of its proof."""
    return "，".join(f"{grade.label}{number}" for grade, number in cell.all_counts.by_grade() if number)


def missing_words(cell: ClauseCell) -> SafeString:
    """What the unit does not show, and apart from it what the platform does not carry."""
    clause = cell.clause
    built = "" if clause.built == WORKS else f"平台{BUILT[clause.built]}：{clause.lacks}"
    unshown = cell.reason if cell.status is CellStatus.unknown else ""
    return shown.joined(unshown, shown.under(built))


def _badge(cell: ClauseCell) -> SafeString:
    return format_html('<span class="st st-{}">{} {}</span>', cell.status.value, ICONS[cell.status], cell.status.label)


CLAUSES: Final = (
    Column("条款", lambda cell: shown.joined(shown.strong(cell.clause.id), cell.clause.text, by=" ")),
    Column("状态", _badge, style="nowrap"),
    Column("应办情况", spelled, style="small"),
    Column("证明程度", proof_words, style="small"),
    Column("缺什么", missing_words, style="small"),
)
