"""Obligations from ``corpus/obligations/<task>/*.yaml``: who owes what by when, and what shows that it was done."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import KINDS, parse_period
from kuangan.base.workdays import Calendar
from kuangan.law.duty.obligation import (
    AUTO,
    EVENT,
    LADDER_TO,
    MINE_FILTERS,
    ONCE,
    OWNERS,
    SCOPES,
    STANDING,
    WITHIN,
    DueExample,
    Each,
    Evidence,
    Obligation,
    Rung,
    Trigger,
)
from kuangan.law.ledger import ledgers
from kuangan.law.role import Role
from kuangan.law.source import Table, files, read_table
from kuangan.law.time.span import parse_span

__all__ = [
    "AUTO",
    "EVENT",
    "LADDER_TO",
    "MINE_FILTERS",
    "ONCE",
    "OWNERS",
    "STANDING",
    "Each",
    "Evidence",
    "Obligation",
    "Rung",
    "Trigger",
    "example_problems",
    "obligation_by_id",
    "obligations",
    "once_due_at",
    "read_obligation",
]


@cache
def obligations() -> Mapping[str, Obligation]:
    """All obligations by id. Raises :class:`CorpusError`."""
    return {path.stem: read_obligation(path) for path in files("obligations", ".yaml")}


def obligation_by_id(obligation_id: str) -> Obligation:
    """The obligation by id. Raises ``KeyError``."""
    found = obligations().get(obligation_id)
    if found is None:
        raise KeyError(f"the corpus has no obligation {obligation_id!r}")
    return found


DEFAULT_LADDER: Final = (("-3 days", "owner"), ("0 days", "owner"), ("3 days", "above"), ("10 days", "board"))
"""Remind, urge, tell the next level up, list on the board; overridden per obligation by ``ladder``."""

_KEYS: Final = (
    "id",
    "title",
    "measure",
    "clauses",
    "owner",
    "role",
    "scope",
    "mines",
    "cadence",
    "event",
    "span",
    "due",
    "times",
    "each",
    "accepted",
    "lead",
    "grace",
    "evidence",
    "ladder",
    "valid_from",
    "valid_to",
    "cite",
    "confidence",
    "assumed",
    "help",
    "examples",
)


def read_obligation(path: Path) -> Obligation:
    """The obligation in a file. Raises :class:`CorpusError` with file and line."""
    row = read_table(path).only(*_KEYS)
    if row.text("id") != path.stem:
        raise row.error(f"id {row['id']!r} must equal the file name {path.stem!r}", "id")
    cadence = _one_of(row, "cadence", (*KINDS, STANDING, ONCE, EVENT))
    trigger = _trigger(row) if cadence == EVENT else None
    span, span_key = _valued(row, "span", parse_span) if "span" in row else (None, "")
    if trigger and not trigger.due and span is None and not span_key:
        raise row.error("an event needs a span, or a due field", "cadence")
    times, times_key = _times(row)
    return Obligation(
        id=path.stem,
        title=row.text("title"),
        measure=row.text("measure"),
        clauses=row.texts("clauses"),
        owner=_one_of(row, "owner", OWNERS),
        role=row.parse("role", Role),
        scope=_one_of(row, "scope", SCOPES),
        mines=_mines(row),
        cadence=cadence,
        trigger=trigger,
        span=span,
        span_key=span_key,
        due=_due(row),
        times=times,
        times_key=times_key,
        lead=parse_span(row.text("lead", "7 days")),
        grace=parse_span(row.text("grace", "5 workdays")),
        evidence=tuple(_evidence(each) for each in row.tables("evidence")),
        ladder=_ladder(row),
        valid_from=row.day("valid_from"),
        valid_to=row.optional_day("valid_to"),
        cite=row.cite(),
        confidence=row.mark(),
        assumed=row.text("assumed", ""),
        help=row.text("help", ""),
        examples=tuple(_example(each) for each in row.tables("examples")),
        each=_each(row) if "each" in row else None,
        accepted=row.flag("accepted", default=False),
    )


def example_problems(found: Obligation, calendar: Calendar) -> list[str]:
    """Which of an obligation's own examples do not turn out as written."""
    problems: list[str] = []
    for each in found.examples:
        if found.cadence in (EVENT, ONCE):
            day = date.fromisoformat(each.period)
            due_at = found.event_due_at(beijing_midnight(day), calendar, day)
            times = found.times
        else:
            period = parse_period(each.period)
            due_at, times = found.due_at(period, calendar), found.needed(period)
        if due_at != each.due_at:
            problems.append(f"{each.period}：应于 {each.due_at} 届满，实为 {due_at}")
        if times != each.times:
            problems.append(f"{each.period}：应办 {each.times} 次，实为 {times} 次")
    return problems


def _one_of(row: Table, key: str, known: tuple[str, ...]) -> str:
    written = row.text(key)
    if written not in known:
        raise row.error(f"{key}: {written!r}; write one of {', '.join(known)}", key)
    return written


def _due(row: Table) -> str:
    written = row.text("due", "end")
    if written != "end" and not (written.startswith("day ") and written[4:].isdigit()):
        row.parse("due", parse_span)
    return written


def _times(row: Table) -> tuple[int, str]:
    """``times: 4`` or ``times: {local: key}``."""
    written = row.get("times", 1)
    if isinstance(written, Table):
        return 0, written.only("local").text("local")
    if not isinstance(written, int) or written < 1:
        raise row.error("times: a whole number above zero, or {local: <key>}", "times")
    return written, ""


def _valued(row: Table, key: str, read: Any) -> tuple[Any, str]:
    """A value written directly, or ``{local: key}``."""
    written = row[key]
    if isinstance(written, Table):
        return None, written.only("local").text("local")
    return row.parse(key, read), ""


def _mines(row: Table) -> Mapping[str, tuple[str, ...]]:
    filters = row.table("mines") if "mines" in row else Table()
    for key in filters:
        if key not in MINE_FILTERS:
            raise filters.error(f"mines: {key!r}; write one of {', '.join(MINE_FILTERS)}", key)
    return {key: filters.texts(key) for key in filters}


def _trigger(row: Table) -> Trigger:
    table = row.table("event").only("ledger", "where", "move", "owner", "due")
    ledger, move = table.text("ledger", ""), table.text("move", "")
    if bool(ledger) == bool(move):
        raise table.error("event: name a ledger or a move, not both and not neither")
    _check_fields(
        table, ledger, [*table.get("where", {}), *filter(None, (table.text("owner", ""), table.text("due", "")))]
    )
    return Trigger(ledger, dict(table.get("where", {})), move, table.text("owner", ""), table.text("due", ""))


def _evidence(row: Table) -> Evidence:
    row.only("ledger", "where", "needs", "person", "producing", "paper", "file", "auto")
    kinds = [key for key in ("ledger", "paper", "file", "auto") if row.get(key)]
    if len(kinds) != 1:
        raise row.error("evidence: name exactly one of ledger, paper, file, auto")
    person = row.text("person", "")
    _check_fields(
        row, row.text("ledger", ""), [*row.get("where", {}), *row.texts("needs"), *([person] if person else [])]
    )
    return Evidence(
        ledger=row.text("ledger", ""),
        where=dict(row.get("where", {})),
        needs=row.texts("needs"),
        person=person,
        producing=row.flag("producing", default=False),
        paper=row.text("paper", ""),
        file=row.flag("file", default=False),
        auto=row.text("auto", ""),
    )


def _each(row: Table) -> Each:
    table = row.table("each").only("who", "field", "ledger", "name", "within")
    found = Each(
        table.text("who"),
        table.text("field"),
        table.text("ledger", ""),
        table.text("name", ""),
        table.text("within", "unit"),
    )
    if found.within not in WITHIN:
        raise table.error(f"within: {found.within!r}; write one of {', '.join(WITHIN)}", "within")
    _check_fields(table, found.ledger, [found.name] if found.ledger else [])
    for evidence in row.tables("evidence"):
        if not evidence.text("ledger", ""):
            raise evidence.error("each: only entries of a ledger say whom they are about")
        _check_fields(evidence, evidence.text("ledger"), [found.field])
    return found


def _check_fields(row: Table, ledger_id: str, names: list[str]) -> None:
    if not ledger_id:
        return
    if ledger_id not in ledgers():
        raise row.error(f"no ledger {ledger_id!r} in corpus/ledgers")
    known = {each.name for each in ledgers()[ledger_id].fields}
    for name in names:
        if name not in known:
            raise row.error(f"ledger {ledger_id} has no field {name!r}")


def _ladder(row: Table) -> tuple[Rung, ...]:
    rows = row.tables("ladder")
    written = [(each.text("after"), each.text("to")) for each in rows] if rows else list(DEFAULT_LADDER)
    return tuple(_rung(row, after, to) for after, to in written)


def _rung(row: Table, after: str, to: str) -> Rung:
    if to not in LADDER_TO:
        raise row.error(f"ladder: {to!r}; write one of {', '.join(LADDER_TO)}", "ladder")
    count, _, unit = after.partition(" ")
    try:
        return Rung(timedelta(**{unit: int(count)}), to)
    except (TypeError, ValueError):
        raise row.error(f"ladder: after {after!r}; write for example '-3 days', '12 hours'", "ladder") from None


def _example(row: Table) -> DueExample:
    row.only("period", "due", "times")
    return DueExample(row.text("period"), beijing_midnight(row.day("due")), int(row.get("times", 1)))


def once_due_at(found: Obligation, calendar: Calendar) -> datetime:
    """When a duty that is owed once falls due: its span after the obligation's first day."""
    return found.event_due_at(beijing_midnight(found.valid_from), calendar, found.valid_from)
