"""One cell of the task board: the duties, findings, cases and entries behind it, what is missing, who holds it; urging."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, ExpressionWrapper, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit
from kuangan.core.queries import visible_paths
from kuangan.duty.actions import urge
from kuangan.duty.models import Duty
from kuangan.duty.queries import duties_visible_to
from kuangan.duty.status import Status
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.ledger import Ledger, ledgers
from kuangan.law.register import Measure, measure
from kuangan.ledger.models import Entry
from kuangan.overview.board.behind import behind
from kuangan.overview.board.board import Board, board
from kuangan.overview.board.counts import CellStatus
from kuangan.overview.board.making import Cell
from kuangan.overview.board.rows import Window, status_as_counted
from kuangan.overview.board.scope import Scope, load_scope
from kuangan.overview.queries.board import entries_dated
from kuangan.sample.credibility import credibility_of, together
from kuangan.web.board.board import chosen_units
from kuangan.web.board.clauses import clause_table
from kuangan.web.board.frame import ICONS, BoardFrame, frame_of, spelled, units_in_sight
from kuangan.web.board.lists import CASES, ENTRIES, FINDINGS, PARTS
from kuangan.web.duties.lists import duty_columns
from kuangan.web.duties.words import duty_rows, stands_above
from kuangan.web.frame.doors import MINE, OVERSEERS, door, holds_of
from kuangan.web.frame.lists import Listing, listing
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare

ENTRIES_SHOWN: Final = 10
ENTRIES_READ: Final = 200
GRAVITY: Final = (Status.overdue, Status.due, Status.excused, Status.late, Status.met)
RANKS: Final = {status.value: rank for rank, status in enumerate(GRAVITY)}
OPEN: Final = Q(rank__in=(RANKS[Status.overdue], RANKS[Status.due]))
STATUSES: Final = (("", "全部状态"), *((status.value, status.label) for status in GRAVITY))


@dataclass(frozen=True)
class UnitCell:
    """One of the units behind a cell with its own cell."""

    unit: Unit
    cell: Cell
    address: str

    @property
    def icon(self) -> str:
        """The sign before the status."""
        return ICONS[self.cell.status]

    @property
    def words(self) -> str:
        return spelled(self.cell)


def measure_or_404(code: str) -> Measure:
    """The measure of the register. 404 for any other code."""
    try:
        return measure(code)
    except KeyError as unknown:
        raise Http404 from unknown


@door(*OVERSEERS, *MINE)
def board_cell(request: Request, measure_code: str, code: str) -> HttpResponse:
    """The evidence behind a measure for a unit, or for all units of an area."""
    law, frame, units = measure_or_404(measure_code), frame_of(request), units_in_sight(request)
    name, chosen = chosen_units(request, code, units)
    single = chosen[0] if len(chosen) == 1 and chosen[0].code == code else None
    made = board(units, frame.period, frame.at, law.code, request.user)
    parts = _parts(made, law, single, chosen, frame)
    cell = made.cell(law.code, single) if single else made.together(law.code, chosen)
    duties = _duties(request, made.scope, law, chosen, frame)
    status = request.GET.get("status", "")
    page = listing(request, duties.filter(rank=RANKS[status]) if status in RANKS else duties)
    keys = {unit.pk for unit in chosen}
    rests_on = behind(request.user, made.scope, made.window, law.code, keys, cell.counts)
    context: dict[str, Any] = {
        "measure": law,
        "frame": frame,
        "name": name,
        "code": code,
        "single": single,
        "cell": cell,
        "icon": ICONS[cell.status],
        "words": spelled(cell),
        "parts": bare(PARTS, [part for part in parts if part.cell.status != CellStatus.not_applicable]),
        "duties": _duty_table(page, frame, status, single),
        "credibility": together(credibility_of([unit.pk for unit in chosen], frame.at).values()),
        "clauses": clause_table(made, law.code, single, chosen),
        "statuses": STATUSES,
        "only": status,
        "behind": rests_on,
        "findings": Table(FINDINGS, rests_on.findings),
        "cases": bare(CASES, rests_on.cases),
        "entries": bare(ENTRIES, _entries(request, law, chosen, frame)),
        "may_urge": not frame.past and bool(_below(request, chosen)) and duties.filter(OPEN).exists(),
    }
    return show(request, "board/cell.html", **context)


def _parts(made: Board, law: Measure, single: Unit | None, chosen: Sequence[Unit], frame: BoardFrame) -> list[UnitCell]:
    """The units whose cells make up this one: those of the area, or the mines that the unit drives."""
    if single is None:
        shown: list[Unit] = list(chosen)
    elif made.scope.drives(law, single):
        shown = [made.scope.units[mine] for mine in made.scope.mines_below(single)]
    else:
        return []
    in_sight = {unit.pk for unit in made.units}
    parts = [
        UnitCell(
            unit,
            made.cell(law.code, unit),
            f"{reverse('board_cell', args=[law.code, unit.code])}?{frame.query}",
        )
        for unit in shown
        if unit.pk in in_sight
    ]
    order = list(ICONS)
    return sorted(parts, key=lambda part: (order.index(part.cell.status), part.unit.path))


def _duty_table(page: Listing, frame: BoardFrame, status: str, single: Unit | None) -> Table:
    duties = page.rows
    return Table(
        duty_columns(frame.at, units=single is None),
        duty_rows(duties, frame.at, [GRAVITY[duty.rank] for duty in duties]),
        "没有该状态的事项。" if status else "本期没有生成应办事项。",
        list=page,
        unexported=True,
    )


def _duties(request: Request, scope: Scope, law: Measure, chosen: Sequence[Unit], frame: BoardFrame) -> QuerySet[Any]:
    """The duties that the cell counts with the ``rank`` of their status in ``GRAVITY``, the gravest first."""
    window, units = Window(frame.period, frame.at), scope.seated(law, (unit.pk for unit in chosen))
    duties = duties_visible_to(request.user).filter(
        measure=law.code,
        unit__in=units,
        period__in=window.keys,
        opened_at__lte=window.at,
        first_on__lte=frame.period.last,
    )
    status = Cast(status_as_counted(window, law.code, units), CharField())
    # The status is a long expression, written out wherever it is named: here once.
    place = Func(Value([*RANKS], output_field=ArrayField(CharField())), status, function="array_position")
    rank = ExpressionWrapper(place - 1, output_field=IntegerField())
    owed: QuerySet[Any] = duties.exclude(cancelled_at__lte=window.at).annotate(rank=rank)
    return owed.order_by("rank", "due_at", "pk")


def _entries(
    request: Request, law: Measure, chosen: Sequence[Unit], frame: BoardFrame
) -> list[tuple[Ledger, list[Entry]]]:
    """The newest entries, dated in the period, of the ledgers on which the measure's duties rest; confidential ones stay closed."""
    names = {
        evidence.ledger
        for obligation in obligations().values()
        if obligation.measure == law.code
        for evidence in obligation.evidence
    }
    names |= {ledger.id for ledger in ledgers().values() if ledger.measure == law.code}
    keys = [unit.pk for unit in chosen]
    open_ones = [name for name in names if name in ledgers() and not ledgers()[name].confidential]
    dated = entries_dated(request.user, open_ones, keys, frame.period.first, frame.period.last)
    by_ledger: dict[str, list[Entry]] = defaultdict(list)
    for entry in dated[:ENTRIES_READ]:
        by_ledger[entry.ledger].append(entry)
    return [(ledgers()[name], by_ledger[name][:ENTRIES_SHOWN]) for name in sorted(by_ledger)]


def _below(request: Request, units: Sequence[Unit]) -> list[Unit]:
    """Of these units, those that the person may urge."""
    overseen = visible_paths(request.user)
    return [unit for unit in units if stands_above(holds_of(request), unit.kind, unit.path, overseen)]


@door(*OVERSEERS, methods=("POST",))
def board_urge(request: Request, measure_code: str, code: str) -> HttpResponse:
    """Urge everybody below who still owes something of this cell; each urge leaves its record on the duty."""
    law, frame, units = measure_or_404(measure_code), frame_of(request), units_in_sight(request)
    _, chosen = chosen_units(request, code, units)
    below = _below(request, chosen)
    now = clock.now()
    asked = BoardFrame(frame.period, now, past=False)
    scope = load_scope(Window(asked.period, asked.at).last_day)
    duties = list(_duties(request, scope, law, below, asked).filter(OPEN))
    if not duties:
        messages.error(request, "没有可催办的事项：所选单位在本期没有办理中或逾期的事项，或者不在您的催办范围。")
    else:
        _urge(request, duties, now)
    return redirect(f"{reverse('board_cell', args=[law.code, code])}?{frame.query}")


def _urge(request: Request, duties: Sequence[Duty], at: datetime) -> None:
    text = request.POST.get("text", "").strip()[:300]
    try:
        urged = urge(actor=request.user, duties=duties, text=text, at=at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        names = "、".join(dict.fromkeys(duty.unit.name for duty in duties))
        left = f"另有{len(duties) - urged}项刚刚催办过，不重复催办。" if urged < len(duties) else ""
        messages.success(request, f"已催办{urged}项：{names}。催办记录已留存。{left}")
