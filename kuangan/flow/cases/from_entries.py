"""Rows of entries and the cases that they open: opened with the entry, following its corrections, withdrawn with it unless answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from kuangan.casework.actions import amend_facts, open_case
from kuangan.casework.models import Case, CaseNotice
from kuangan.casework.queries import in_state
from kuangan.core.actions import send_notice
from kuangan.core.models import Unit, User
from kuangan.core.subject import about
from kuangan.flow.act import advance
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
        _tell(entry, ledger, unit, [_open(entry, ledger, unit, row, actor, at) for row in rows_of(entry, ledger)], at)


def follow_rows(new: Entry, actor: User | None, at: datetime) -> None:
    """An entry was corrected or voided: what its rows opened follows, as far as nobody answered yet."""
    ledger = ledger_by_id(new.ledger)
    opens = ledger.opens
    if opens is None:
        return
    unit = unit_about(new, opens)
    standing = Case.objects.filter(entry__serial=new.serial, procedure=opens.procedure).exclude(in_state("undone"))
    cases = list(standing.select_related("unit").order_by("pk"))
    for unit_id in sorted({case.unit_id for case in cases} | ({unit.pk} if unit else set())):
        lock_unit(unit_id)
    mine = [case for case in cases if unit and case.unit_id == unit.pk]
    rows = rows_of(new, ledger) if unit else []
    kept = _matched(opens, mine, rows)
    for case in cases:
        row = kept.get(case.pk)
        if row is None:
            _withdraw(case, at)
        else:
            _amend(case, _facts(new, ledger, case.unit, row), at)
    taken = [id(row) for row in kept.values()]
    if unit:
        fresh = [_open(new, ledger, unit, row, actor, at) for row in rows if id(row) not in taken]
        _tell(new, ledger, unit, fresh, at)


def _that_open(entries: Iterable[Entry]) -> list[tuple[Entry, Ledger]]:
    ledger = ((entry, ledger_by_id(entry.ledger)) for entry in entries)
    return [(entry, law) for entry, law in ledger if rows_of(entry, law)]


def unit_about(entry: Entry, opens: Opens | None) -> Unit | None:
    """Whom the rows concern: the unit that the entry names, else its mine."""
    if opens is not None and opens.unit:
        return Unit.objects.filter(code=str(entry.values.get(opens.unit, ""))).first()
    return entry.mine.unit if entry.mine else None


def _facts(entry: Entry, ledger: Ledger, unit: Unit, row: TableRow) -> dict[str, Any]:
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
    facts = _facts(entry, ledger, unit, row)
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
    """One notice about all that an entry ledger."""
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


def _matched(opens: Opens, cases: Sequence[Case], rows: Sequence[TableRow]) -> dict[int, TableRow]:
    """Case → its row: the one of the same words; where as many rows as before are there, the one in its place."""
    left, kept = list(rows), dict[int, TableRow]()
    for case in cases:
        same = next((row for row in left if row[opens.item] == case.facts.get(opens.item)), None)
        if same is not None:
            kept[case.pk] = same
            left = [row for row in left if row is not same]
    if len(rows) == len(cases):
        others = [case for case in cases if case.pk not in kept and _can(case, opens.way.amend)]
        kept |= {case.pk: row for case, row in zip(others, left, strict=False)}
    return kept


def _can(case: Case, move: str) -> bool:
    return case.state in procedure_by_id(case.procedure).move(move).sources


def _amend(case: Case, facts: Mapping[str, Any], at: datetime) -> None:
    """Take the row's facts into its case, whose term then runs anew; what was answered stays as it was answered."""
    way = procedure_by_id(case.procedure).opens_by_entry
    if way is None or not _can(case, way.amend):
        return
    if any((case.facts.get(name) or "") != value for name, value in facts.items()):
        amend_facts(actor=None, case=case, facts=facts, at=at)
        advance(actor=None, case=case, move_id=way.amend, at=at)


def _withdraw(case: Case, at: datetime) -> None:
    law = procedure_by_id(case.procedure)
    undone = law.states_of("undone")
    step = next((move for move in law.system_moves(case.state) if move.target in undone), None)
    if step is not None:
        advance(actor=None, case=case, move_id=step.id, at=at)


def _opens(ledger: Ledger) -> Opens:
    if ledger.opens is None:
        raise LookupError(f"the rows of {ledger.id} open nothing")
    return ledger.opens
