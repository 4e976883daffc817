"""Rows of new entries open cases."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from kuangan.casework.actions import open_case
from kuangan.casework.models import Case, CaseNotice
from kuangan.core.actions import send_notice
from kuangan.core.models import Unit, User
from kuangan.core.subject import about
from kuangan.flow.cases.locks import lock_unit
from kuangan.flow.cases.sayings import filled
from kuangan.flow.live import announce_case
from kuangan.law.content import procedure_by_id
from kuangan.law.ledger import Ledger, ledger_by_id
from kuangan.law.procedure import RowView
from kuangan.law.procedure.ledger_rows import Opens
from kuangan.ledger.models import Entry
from kuangan.ledger.opening_rows import TableRow, due_of, rows_of

GRAVEST: Final = "red"
LISTED: Final = 10
"""Rows that the notice of an entry spells out."""


def open_from_entries(entries: Iterable[Entry], actor: User | None, at: datetime) -> None:
    """Open a case for each row of new entries that opens one, and tell the units; in the caller's transaction."""
    opening = [
        (entry, ledger, unit) for entry, ledger in _that_open(entries) if (unit := unit_about(entry, ledger.opens))
    ]
    for unit_id in sorted({unit.pk for _, _, unit in opening}):
        lock_unit(unit_id)
    for entry, ledger, unit in opening:
        open_rows(entry, ledger, unit, rows_of(entry, ledger), actor, at)


def open_rows(
    entry: Entry, ledger: Ledger, unit: Unit, rows: Iterable[TableRow], actor: User | None, at: datetime
) -> None:
    """Open a case for each of these rows, and tell the unit of all of them; under its lock."""
    _tell(entry, ledger, unit, [_open(entry, ledger, unit, row, actor, at) for row in rows], at)


def _that_open(entries: Iterable[Entry]) -> list[tuple[Entry, Ledger]]:
    ledger = ((entry, ledger_by_id(entry.ledger)) for entry in entries)
    return [(entry, law) for entry, law in ledger if rows_of(entry, law)]


def unit_about(entry: Entry, opens: Opens | None) -> Unit | None:
    """Whom the rows concern: the unit that the entry names, else its mine."""
    if opens is not None and opens.unit:
        return Unit.objects.filter(code=str(entry.values.get(opens.unit, ""))).first()
    return entry.mine.unit if entry.mine else None


def facts_of(entry: Entry, ledger: Ledger, unit: Unit, row: TableRow) -> dict[str, Any]:
    """What a row makes of its case."""
    opens = _opens(ledger)
    view = RowView(
        ledger=ledger.title,
        clauses=ledger.clauses,
        serial=entry.serial or entry.pk,
        on=entry.on,
        due_on=date.fromisoformat(due_of(opens, entry.values, row)),
        paper=str(entry.values.get(opens.paper, "")),
        kind=unit.kind,
        own=unit.pk == entry.unit_id,
        cells=row,
        values=entry.values,
    )
    return {name: value or "" for name, value in opens.way.facts(view).items()}


def _open(entry: Entry, ledger: Ledger, unit: Unit, row: TableRow, actor: User | None, at: datetime) -> Case:
    opens = _opens(ledger)
    law = procedure_by_id(opens.procedure)
    facts = facts_of(entry, ledger, unit, row)
    urgent = any(entry.values.get(name) == wanted for name, wanted in opens.urgent.items())
    case = open_case(
        actor=actor,
        procedure_id=law.id,
        unit=unit,
        title=filled(opens.way.title, {**facts, "unit": unit.name, "procedure": law.title}),
        facts=facts,
        at=at,
        level=GRAVEST if urgent else "",
        entry=entry,
        office=entry.unit,
    )
    announce_case(case)
    return case


def _tell(entry: Entry, ledger: Ledger, unit: Unit, cases: Sequence[Case], at: datetime) -> None:
    """One notice about all that an entry lists."""
    if not cases:
        return
    opens = _opens(ledger)
    lines = [f"{case.number} {case.facts[opens.item]}" for case in cases[:LISTED]]
    more = [f"……共{len(cases)}项"] if len(cases) > LISTED else []
    words = {"ledger": ledger.title, "count": len(cases), "items": "\n".join([*lines, *more])}
    title, body = (filled(text, words) for text in opens.way.told)
    urgent = cases[0].level == GRAVEST
    notice = send_notice(
        actor=None,
        unit=unit,
        title=title,
        body=body,
        kind="case",
        subject=about("case", cases[0].pk) if len(cases) == 1 else about("cases", open="yes"),
        level=cases[0].level,
        channels=("screen", "sms") if urgent else ("screen",),
        at=at,
    )
    CaseNotice.objects.bulk_create([CaseNotice(case=case, notice=notice) for case in cases])


def _opens(ledger: Ledger) -> Opens:
    if ledger.opens is None:
        raise LookupError(f"the rows of {ledger.id} open nothing")
    return ledger.opens
