"""What the pages of the task board share: the chosen period and moment, and the columns that a person sees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import Http404
from django.utils.html import escape
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.base.period import Period, next_period, parse_period, period_of, previous_period
from kuangan.core.models import Unit, UnitKind
from kuangan.core.queries import areas_visible_to, units_visible_to
from kuangan.overview.board.board import Board, ClauseCell
from kuangan.overview.board.counts import CellStatus
from kuangan.overview.board.making import Cell
from kuangan.overview.board.scope import KINDS
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import DayField

SWITCH: Final = (("month", "月"), ("quarter", "季度"), ("half_year", "半年"), ("year", "年"))
CITY_OFFICES: Final = (UnitKind.city_government, UnitKind.city_bureau, UnitKind.city_coal_section)
OFFICES: Final = (*CITY_OFFICES, UnitKind.county_government, UnitKind.county_bureau, UnitKind.company)
ICONS: Final = {
    CellStatus.breached: "✕",
    CellStatus.overdue: "⚑",
    CellStatus.unknown: "？",
    CellStatus.unbuilt: "□",
    CellStatus.late: "◑",
    CellStatus.due: "○",
    CellStatus.met: "✓",
    CellStatus.not_live: "◌",
    CellStatus.not_applicable: "—",
}


class BoardDay(forms.Form):
    """The day as of which the board is shown."""

    on = DayField(required=False)


@dataclass(frozen=True)
class BoardFrame:
    """The period and the moment that the address asks for."""

    period: Period
    at: datetime
    past: bool

    @property
    def query(self) -> str:
        """The same choice for another page of the board."""
        chosen = {"period": self.period.key}
        if self.past:
            chosen["on"] = clock.last_day(self.at).isoformat()
        return urlencode(chosen)

    @property
    def on(self) -> str:
        """The day as of which, for the form."""
        return clock.last_day(self.at).isoformat()

    @property
    def switch(self) -> list[tuple[str, str, bool]]:
        """Period keys of each kind around the chosen period: key, word, whether it is the chosen kind."""
        day = min(max(self.period.first, clock.civil_date(clock.now())), self.period.last)
        return [(period_of(kind, day).key, word, kind == self.period.kind) for kind, word in SWITCH]

    @property
    def before(self) -> Period:
        return previous_period(self.period)

    @property
    def after(self) -> Period:
        return next_period(self.period)


def frame_of(request: Request) -> BoardFrame:
    """The frame by the address: this month now, unless it asks for another. 404 for what is no period."""
    now = clock.now()
    form = BoardDay(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    past = on is not None and on < clock.civil_date(now)
    at = clock.beijing_midnight(clock.day_after(on)) if past and on else now
    key = request.GET.get("period", "")
    try:
        period = parse_period(key) if key else period_of("month", clock.last_day(at))
    except ValueError as unread:
        raise Http404 from unread
    return BoardFrame(period, at, past)


@dataclass(frozen=True)
class UnitColumn:
    """A column of the matrix: one unit, or several together under the code of their area. ``inside``: where it opens to."""

    code: str
    name: str
    units: tuple[Unit, ...]
    inside: str = ""


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page shows it."""

    cell: Cell
    column: UnitColumn
    address: str
    small: str = field(default="")

    @property
    def icon(self) -> str:
        """The sign before the word."""
        return ICONS[self.cell.status]

    @property
    def html(self) -> SafeString:
        """The cell of the matrix; written here because a template is too slow for thousands of them."""
        status = self.cell.status
        word = "" if status is CellStatus.not_applicable else f" {status.label}"
        small = f"<small>{escape(self.small)}</small>" if self.small else ""
        sign = f'<span class="st st-{status.value}">{self.icon}{word}</span>'
        written = f'<a href="{escape(self.address)}" title="{escape(self.hint)}">{sign}{small}</a>'
        return SafeString(written)  # signs and statuses are our own; all else is escaped above

    @property
    def hint(self) -> str:
        """What the cell says at length."""
        return self.cell.reason or spelled(self.cell)


def units_in_sight(request: Request) -> list[Unit]:
    """The units of the board that the person sees: offices first, then companies, then mines."""
    units = units_visible_to(request.user, KINDS)
    rank = {kind: index for index, kind in enumerate(OFFICES)}
    return sorted(units, key=lambda unit: (rank.get(UnitKind(unit.kind), len(rank)), unit.path))


def columns_of(request: Request, units: Sequence[Unit]) -> list[UnitColumn]:
    """A city's offices, its companies and each county together; within one county, each unit. 404 for an area out of sight."""
    areas = areas_visible_to(request.user)
    wanted = request.GET.get("area", "")
    if wanted:
        area = next((area for area in areas if area.code == wanted), None)
        if area is None:
            raise Http404
        return _unit_columns(within(area, units, areas))
    if any(unit.kind in CITY_OFFICES for unit in units):
        return _by_county(areas, units)
    return _unit_columns(units)


def within(area: Unit, units: Iterable[Unit], areas: Sequence[Unit]) -> list[Unit]:
    """The units in an area, but not in a county inside it."""
    inner = [other.path for other in areas if other.path != area.path and other.path.startswith(area.path)]
    inside = (unit for unit in units if unit.path.startswith(area.path))
    return [unit for unit in inside if not any(unit.path.startswith(path) for path in inner)]


def _unit_columns(units: Iterable[Unit]) -> list[UnitColumn]:
    return [UnitColumn(unit.code, unit.name, (unit,)) for unit in units]


def _by_county(areas: Sequence[Unit], units: Sequence[Unit]) -> list[UnitColumn]:
    columns = _unit_columns(unit for unit in units if unit.kind in CITY_OFFICES)
    companies = tuple(unit for unit in units if unit.kind == UnitKind.company)
    cities = [area for area in areas if area.kind == UnitKind.city]
    if companies and cities:
        columns.append(UnitColumn(cities[0].code, "上级公司", companies, f"?area={cities[0].code}"))
    for county in (area for area in areas if area.kind == UnitKind.county):
        inside = tuple(unit for unit in units if unit.path.startswith(county.path))
        columns.append(UnitColumn(county.code, county.name, inside, f"?area={county.code}"))
    return columns


def shown_cell(made: Board, measure_code: str, column: UnitColumn, inside: str, query: str) -> ShownCell:
    """One cell of the matrix with its door; ``inside``: the address under which those of the measure stand."""
    single = len(column.units) == 1
    cell = made.cell(measure_code, column.units[0]) if single else made.together(measure_code, column.units)
    return ShownCell(cell, column, f"{inside}{column.code}/?{query}", short(cell))


def short(cell: Cell) -> str:
    """The counts in a few signs: done of owed, then what is wrong."""
    counts = cell.counts
    parts = [f"{counts.met + counts.late}/{counts.due}"] if counts.due else []
    parts += [f"逾{counts.overdue}"] if counts.overdue else []
    parts += [f"违{counts.breached}"] if counts.breached and len(parts) < 2 else []
    below = cell.mines
    if below is not None and below.due + below.breached:
        parts.append(f"矿{below.met + below.late}/{below.due}")
    return " ".join(parts)


WORDS: Final = (
    ("due", "应办"),
    ("met", "按期已办"),
    ("late", "逾期办结"),
    ("open", "办理中"),
    ("overdue", "逾期"),
    ("excused", "免责"),
    ("breached", "违反"),
    ("unknown", "不明"),
)


def spelled(cell: Cell | ClauseCell) -> str:
    """All counts of a cell in words."""

    def words(counts: object) -> str:
        return "，".join(f"{word}{number}" for name, word in WORDS if (number := getattr(counts, name)))

    own = words(cell.counts)
    below = words(cell.mines) if cell.mines is not None else ""
    return "；".join(part for part in (own, f"督促的煤矿：{below}" if below else "") if part) or "无记录"
