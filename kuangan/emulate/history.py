"""What the demonstration's units wrote into their ledgers before the story, and the duties of that time.

Entries are written at once, as an import writes them, with one audit event a ledger; duties are opened and credited by the engine.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection, transaction

from kuangan.base import clock
from kuangan.base.period import period_of, periods_between
from kuangan.core.actions import record
from kuangan.core.models import Tenure, Unit, UnitKind
from kuangan.emulate.consistent import Written, made_consistent
from kuangan.emulate.rates import A_YEAR, DAILY, EMPTY, USUAL, YEARLY
from kuangan.emulate.records import Keeper, Rows, spread
from kuangan.flow.credits import open_and_credit
from kuangan.law.ledger import Ledger, ledgers
from kuangan.law.obligation import STANDING, Obligation, obligations
from kuangan.law.role import Role
from kuangan.ledger.values import key_of
from kuangan.mine.models import Face, Mine

DONE: Final = 0.93
LATE: Final = 0.04
"""Shares of periods in which what is owed is done, and done only after its end; the rest is missed."""
RECENT: Final = timedelta(days=14)
COLUMNS: Final = (
    "id", "serial", "version", "ledger", "unit_id", "mine_id", "path", "on", "until", "key", "values", "recorded_at", "reason", "voided",
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """The days of the history; ledgers with many entries a year begin only at ``daily_from``."""

    first: date
    last: date
    daily_from: date


def beginning(end: datetime, years: int) -> date:
    """The first day of the history: so many years back, or of the month before the last where no years are asked for."""
    today = clock.civil_date(end)
    if years:
        return today.replace(year=today.year - years, day=1)
    return period_of("month", today.replace(day=1) - timedelta(days=1)).first


def write(end: datetime, years: int, seed: int) -> tuple[int, int]:
    """All entries and duties from :func:`beginning` to ``end``; how many of each."""
    first, last = beginning(end, years), clock.civil_date(end)
    span = Span(first, last, first if years else last - RECENT)
    entries = sum(_write_ledger(ledger, span, seed + number) for number, ledger in enumerate(ledgers().values()))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_entry")
    return entries, _open_duties(first, end)


def _open_duties(first: date, end: datetime) -> int:
    """Open the duties of all that time week by week, and credit what the entries show."""
    opened, moment = 0, clock.beijing_midnight(first) + timedelta(hours=1)
    while moment < end:
        opened += open_and_credit(moment)
        moment += timedelta(days=7)
    return opened + open_and_credit(end)


@transaction.atomic
def _write_ledger(ledger: Ledger, span: Span, seed: int) -> int:
    if ledger.id in EMPTY:
        return 0
    rng = np.random.default_rng([seed, 71])
    owed = [each for each in obligations().values() if any(one.ledger == ledger.id for one in each.evidence)]
    rows = Rows(ledger, rng, frozenset(one.person for each in owed for one in each.evidence if one.person))
    taken: dict[int, set[str]] = {}
    made = [row for keeper, kind in _keepers(ledger) for row in _entries(rows, keeper, kind, owed, span, taken)]
    _copy(ledger, made)
    if made:
        content = {"ledger": ledger.id, "entries": len(made), "source": "演示历史"}
        record(actor=None, action="entries_imported", subject=("ledger", ledger.id), data=content)
    return len(made)


def _entries(
    rows: Rows, keeper: Keeper, kind: str, owed: Sequence[Obligation], span: Span, taken: dict[int, set[str]]
) -> Iterator[tuple[Any, ...]]:
    """The entries of one keeper; ``taken``: the keys of each unit, no two of which are the same."""
    known = taken.setdefault(keeper.unit_id, set())
    for number, on in _days(rows, kind, owed, span):
        made = rows.row(keeper, on, number, len(known))
        values = made_consistent(rows.ledger, Written(made, keeper, on, number, rows.rng))
        _satisfy(values, owed)
        key = key_of(rows.ledger, values)
        if key and key in known:
            continue
        known.add(key or str(len(known)))
        until = values.get(rows.ledger.until) if rows.ledger.until else None
        recorded = min(on + timedelta(days=int(rows.rng.integers(0, 3))), span.last)
        yield (
            rows.ledger.id, keeper.unit_id, keeper.mine_id, keeper.path, on, until, key,
            json.dumps(values, ensure_ascii=False), clock.beijing_midnight(recorded) + timedelta(hours=10),
        )  # fmt: skip


def _satisfy(values: dict[str, Any], owed: Sequence[Obligation]) -> None:
    """What the evidence of the ledger's only obligation asks for."""
    for evidence in owed[0].evidence if len(owed) == 1 else ():
        for name, wanted in evidence.where.items():
            if name in values:
                values[name] = wanted[0] if isinstance(wanted, list | tuple) else wanted


def _days(rows: Rows, kind: str, owed: Sequence[Obligation], span: Span) -> Iterator[tuple[int, date]]:
    """Number within the day, and day, of each entry."""
    if rows.ledger.id in YEARLY:
        for year in range(span.first.year, span.last.year + 1):
            yield from ((number, date(year, 1, 1)) for number in range(YEARLY[rows.ledger.id]))
        return
    mine = [each for each in owed if _owes(each, kind) and each.trigger is None and each.cadence != "once"]
    a_year = A_YEAR.get(rows.ledger.id, 0 if mine else USUAL)
    first = span.daily_from if a_year > DAILY else span.first
    days = list(spread(first, span.last, a_year, rows.rng)) if a_year else []
    for each in mine:
        days += list(_owed_days(each, span, rows.rng))
    counted: dict[date, int] = {}
    monthly = rows.ledger.dated == "month_end"
    for on in sorted({period_of("month", day).last for day in days} if monthly else days):
        if on <= span.last:
            counted[on] = counted.get(on, -1) + 1
            yield counted[on], on


def _owed_days(obligation: Obligation, span: Span, rng: np.random.Generator) -> Iterator[date]:
    cadence = "year" if obligation.cadence == STANDING else obligation.cadence
    for period in periods_between(cadence, span.first, span.last):
        luck = rng.random()
        if luck >= DONE + LATE and obligation.cadence != STANDING:
            continue
        begin, days = (period.first, (period.last - period.first).days + 1) if luck < DONE else (period.last, 9)
        for _ in range(obligation.needed(period)):
            yield begin + timedelta(days=int(rng.integers(0 if luck < DONE else 1, min(days, 365))))


def _owes(obligation: Obligation, kind: str) -> bool:
    return obligation.owner == kind or (obligation.owner == "supervisor" and kind in ("county_bureau", "city_bureau"))


def _keepers(ledger: Ledger) -> Iterator[tuple[Keeper, str]]:
    """Whoever keeps the ledger, once for each mine where it is about mines; with the kind of unit."""
    faces: dict[int, list[str]] = {}
    for mine_id, name in Face.objects.values_list("mine_id", "name"):
        faces.setdefault(mine_id, []).append(name)
    mines = list(Mine.objects.select_related("unit", "supervisor", "company", "county"))
    holders = _holders()
    for kind in ledger.keepers:
        if kind == UnitKind.mine:
            for mine in mines:
                yield _keeper(mine.unit, mine, mine.supervisor, faces, holders), kind
        else:
            for unit in Unit.objects.filter(kind=kind).order_by("code"):
                for mine in _mines_of(unit, mines) if ledger.about == "mine" else (None,):
                    refers = mine.unit if mine else _below(unit)
                    yield _keeper(unit, mine, refers, faces, holders), kind


def _keeper(
    unit: Unit, mine: Mine | None, refers: Unit, faces: dict[int, list[str]], holders: dict[int, tuple[str, ...]]
) -> Keeper:
    return Keeper(
        unit_id=unit.pk,
        path=mine.unit.path if mine else unit.path,
        mine_id=mine.pk if mine else None,
        mine_code=mine.code if mine else "",
        unit_code=unit.code,
        refers_to=refers.code,
        faces=tuple(faces.get(mine.pk, ())) if mine else (),
        holders=holders.get(unit.pk, ()),
    )


def _mines_of(unit: Unit, mines: Sequence[Mine]) -> list[Mine]:
    """The mines that a unit writes about: those it supervises, owns or governs."""
    if unit.kind == UnitKind.company:
        return [mine for mine in mines if mine.company_id == unit.pk]
    if unit.kind in (UnitKind.city_bureau, UnitKind.county_bureau):
        return [mine for mine in mines if mine.supervisor_id == unit.pk]
    if unit.kind == UnitKind.city_coal_section:
        return [mine for mine in mines if mine.supervisor.kind == UnitKind.city_bureau]
    return [mine for mine in mines if mine.unit.path.startswith(unit.scope_path)]


def _below(unit: Unit) -> Unit:
    """A unit that this one gives tasks to: the bureau of its area."""
    kind = UnitKind.county_bureau if unit.kind.startswith("county") else UnitKind.city_bureau
    return Unit.objects.filter(kind=kind, path__startswith=unit.scope_path).order_by("code").first() or unit


def _holders() -> dict[int, tuple[str, ...]]:
    """The commissioners of each unit by name."""
    found: dict[int, list[str]] = {}
    rows = Tenure.objects.filter(post__role=Role.supervision_commissioner, to_at=None)
    for unit_id, name in rows.values_list("post__unit_id", "person__name"):
        found.setdefault(unit_id, []).append(name)
    return {unit_id: tuple(names) for unit_id, names in found.items()}


def _copy(ledger: Ledger, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write entries with COPY; their numbers are taken from the table's own series."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)", [len(rows)]
        )
        numbers = [number for (number,) in cursor.fetchall()]
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        with cursor.copy(f"COPY ledger_entry ({columns}) FROM STDIN") as copy:
            for number, (ledger_id, unit, mine, path, on, until, key, values, recorded_at) in zip(
                numbers, rows, strict=True
            ):
                copy.write_row(
                    (number, number, 1, ledger_id, unit, mine, path, on, until, key, values, recorded_at, "", False)
                )
