"""Obligations from ``corpus/obligations/<task>/*.yaml``: who owes what by when, and what shows that it was done."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import KINDS, parse_period
from kuangan.base.workdays import Calendar
from kuangan.law.duty.obligation import (
    AUTO,
    EVENT,
    LADDER_TO,
    ONCE,
    OWNERS,
    SCOPES,
    STANDING,
    Evidence,
    Obligation,
    OwedByEach,
    Rung,
    Trigger,
)
from kuangan.law.duty.obligation_parts import each_of, evidence_of, example_of, ladder_of, trigger_of
from kuangan.law.effect.attribute import GRADED
from kuangan.law.local import renewed, settled
from kuangan.law.role import Role
from kuangan.law.source import YamlTable, files, read_table
from kuangan.law.time.span import Span, parse_span

__all__ = [
    "AUTO",
    "EVENT",
    "LADDER_TO",
    "ONCE",
    "OWNERS",
    "STANDING",
    "Evidence",
    "Obligation",
    "OwedByEach",
    "Rung",
    "Trigger",
    "example_problems",
    "obligation_by_id",
    "obligations",
    "once_due_at",
    "read_obligation",
]


@renewed
def obligations() -> Mapping[str, Obligation]:
    """All obligations by id. Raises :class:`CorpusError`."""
    return {path.stem: read_obligation(path) for path in files("obligations", ".yaml")}


def obligation_by_id(obligation_id: str) -> Obligation:
    """The obligation by id. Raises ``KeyError``."""
    obligation = obligations().get(obligation_id)
    if obligation is None:
        raise KeyError(f"the corpus has no obligation {obligation_id!r}")
    return obligation


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
    "rolls",
    "answers",
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
    table = _named_table(path)
    cadence = _one_of(table, "cadence", (*KINDS, STANDING, ONCE, EVENT))
    trigger = trigger_of(table) if cadence == EVENT else None
    span, span_key = _span(table, trigger)
    times, times_key = _times(table)
    owner = _one_of(table, "owner", OWNERS)
    return Obligation(
        id=path.stem,
        title=table.text("title"),
        measure=table.text("measure"),
        clauses=table.texts("clauses"),
        owner=owner,
        role=table.parse("role", Role),
        scope=_one_of(table, "scope", SCOPES),
        mines=_mines(table),
        cadence=cadence,
        trigger=trigger,
        span=span,
        span_key=span_key,
        due=_due(table),
        times=times,
        times_key=times_key,
        lead=parse_span(table.text("lead", "7 days")),
        grace=parse_span(table.text("grace", settled("duty.grace"))),
        evidence=tuple(evidence_of(evidence_table) for evidence_table in table.tables("evidence")),
        ladder=ladder_of(table),
        valid_from=table.day("valid_from"),
        valid_to=table.optional_day("valid_to"),
        cite=table.cite(),
        confidence=table.mark(),
        assumed=table.text("assumed", ""),
        help=table.text("help", ""),
        examples=tuple(example_of(example_table) for example_table in table.tables("examples")),
        each=each_of(table) if "each" in table else None,
        accepted=table.flag("accepted", default=False),
        rolls=table.flag("rolls", default=owner != "mine" or settled("duty.mine_rolls")),
        answers=table.flag("answers", default=False),
    )


def _named_table(path: Path) -> YamlTable:
    table = read_table(path).only(*_KEYS)
    if table.text("id") != path.stem:
        raise table.error(f"id {table['id']!r} must equal the file name {path.stem!r}", "id")
    return table


def example_problems(obligation: Obligation, calendar: Calendar) -> list[str]:
    """Which of an obligation's own examples do not turn out as written."""
    problems: list[str] = []
    for example in obligation.examples:
        if obligation.cadence in (EVENT, ONCE):
            day = date.fromisoformat(example.period)
            if example.named is not None:
                due_at = obligation.named_due_at(example.named, day)
            else:
                due_at = obligation.event_due_at(beijing_midnight(day), calendar, day)
            times = obligation.times
        else:
            period = parse_period(example.period)
            due_at, times = obligation.due_at(period, calendar), obligation.needed(period)
        if due_at != example.due_at:
            problems.append(f"{example.period}：应于 {example.due_at} 届满，实为 {due_at}")
        if times != example.times:
            problems.append(f"{example.period}：应办 {example.times} 次，实为 {times} 次")
    return problems


def _one_of(table: YamlTable, key: str, known: tuple[str, ...]) -> str:
    written = table.text(key)
    if written not in known:
        raise table.error(f"{key}: {written!r}; write one of {', '.join(known)}", key)
    return written


def _due(table: YamlTable) -> str:
    written = table.text("due", "end")
    if written != "end" and not (written.startswith("day ") and written[4:].isdigit()):
        table.parse("due", parse_span)
    return written


def _span(table: YamlTable, trigger: Trigger | None) -> tuple[Span | None, str]:
    span, span_key = _valued(table, "span", parse_span) if "span" in table else (None, "")
    if trigger and not trigger.due and span is None and not span_key:
        raise table.error("an event needs a span, or a due field", "cadence")
    return span, span_key


def _times(table: YamlTable) -> tuple[int, str]:
    """``times: 4`` or ``times: {local: key}``."""
    written = table.get("times", 1)
    if isinstance(written, YamlTable):
        return 0, written.only("local").text("local")
    if not isinstance(written, int) or written < 1:
        raise table.error("times: a whole number above zero, or {local: <key>}", "times")
    return written, ""


def _valued(table: YamlTable, key: str, read: Any) -> tuple[Any, str]:
    """A value written directly, or ``{local: key}``."""
    written = table[key]
    if isinstance(written, YamlTable):
        return None, written.only("local").text("local")
    return table.parse(key, read), ""


def _mines(table: YamlTable) -> Mapping[str, tuple[str, ...]]:
    filters = table.table("mines") if "mines" in table else YamlTable()
    for key in filters:
        if key not in GRADED:
            raise filters.error(f"mines: {key!r}; write one of {', '.join(GRADED)}", key)
    return {key: filters.texts(key) for key in filters}


def once_due_at(obligation: Obligation, calendar: Calendar) -> datetime:
    """When a duty that is owed once falls due: its span after the obligation's first day."""
    return obligation.event_due_at(beijing_midnight(obligation.valid_from), calendar, obligation.valid_from)
