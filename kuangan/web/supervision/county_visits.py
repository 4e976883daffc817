"""The visits that carry out a draw of the city: one to each county of which a mine was drawn, entered from here."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kuangan.core.models import Unit
from kuangan.draw.models import Draw
from kuangan.flow.drawn import carried_out, counties_drawn
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import units_kept_by
from kuangan.mine.models import Mine
from kuangan.overview.figures.oversight import LEDGER
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table

Line = tuple[Unit, list[Mine], Entry | None]


def visited_table(request: Request, draw: Draw) -> Table | None:
    """Each county drawn with its mines and the visit; None of a draw that is not made, or not of a unit that oversees counties."""
    ledger = ledger_by_id(LEDGER)
    if draw.drawn_at is None or draw.unit.kind not in ledger.keepers:
        return None
    entries = carried_out(draw, ledger)
    lines: list[Line] = [(bureau, mines, entries.get(bureau.code)) for bureau, mines in counties_drawn(draw)]
    keeps = draw.unit.pk in {unit.pk for unit in units_kept_by(request.user, ledger)}
    columns = (
        Column("县（市、区）", lambda line: line[0].name, style="strong"),
        Column("抽中煤矿", lambda line: "、".join(mine.name for mine in line[1])),
        Column("督导检查", lambda line: _visit(draw, line, keeps=keeps), style="nowrap"),
    )
    return Table(columns, lines, "抽中煤矿所在县（市、区）没有监管部门。", style="")


def _visit(draw: Draw, line: Line, *, keeps: bool) -> Any:
    bureau, _, entry = line
    if entry is not None:
        return shown.link(reverse("entry", args=[LEDGER, entry.serial]), entry.on.isoformat())
    if not keeps:
        return shown.quiet("未登记")
    given = {"unit": draw.unit.code, "county": bureau.code, "method": "random", "draw_number": draw.number}
    return shown.link(f"{reverse('new_entry', args=[LEDGER])}?{urlencode(given)}", "登记督导检查", "btn btn-sm")
