"""Starting, stopping, pausing and recomputing the clocks of a case. Called by ``actions`` inside its transaction."""

from datetime import datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.base.workdays import Calendar
from kuangan.casework.models import Case, CaseClock
from kuangan.law.content import procedure
from kuangan.law.procedure import Clock
from kuangan.law.time.calendar import workdays
from kuangan.law.time.span import Span, deadline, floor


def turn_clocks(case: Case, move: str, at: datetime, *, effective_at: datetime, source: str = "") -> None:
    """What a move out of the state ``source`` does to the case's clocks, which is in its new state already.

    ``effective_at`` is the moment spans count from (service, receipt).
    """
    for clock in procedure(case.procedure).clocks:
        running = case.clocks.filter(clock=clock.id, stopped_at=None).first()
        starts = move in clock.starts or (case.state in clock.during and source not in clock.during)
        left = bool(clock.during) and case.state not in clock.during
        if running and (left or move in clock.stops):
            _stop(running, at)
            running = None
        if running and move in clock.pauses:
            _pause(running, at)
        elif running and move in clock.resumes:
            _resume(running, at)
        if running and starts and clock.kind == "floor":
            _prolong(case, clock, running, effective_at)
        elif running and starts and running.lapsed_at is not None:
            _stop(running, at)
            running = None
        if running is None and starts:
            _start(case, clock, effective_at)


def stop_all(case: Case, at: datetime) -> None:
    """The case ended: no clock of it runs on."""
    case.clocks.filter(stopped_at=None).update(stopped_at=at, wakes_at=None)


def shorten_deadlines(case: Case) -> None:
    """The case became graver: running deadlines take their new length where that is earlier."""
    for clock in procedure(case.procedure).clocks:
        running = case.clocks.filter(clock=clock.id, stopped_at=None, paused_at=None, kind="deadline").first()
        if running is None:
            continue
        span = clock.span(civil_date(running.started_at), case.facts)
        due_at = due(clock, span, running.started_at)
        if due_at < running.due_at:
            waking = running.wakes_at is not None
            CaseClock.objects.filter(pk=running.pk).update(
                due_at=due_at, span=str(span), wakes_at=due_at if waking else None
            )


def recompute_provisional(case_clock: CaseClock) -> datetime | None:
    """The new due moment of a deadline that relied on a provisional year, once the year is published; else None."""
    law = procedure(case_clock.case.procedure).clock(case_clock.clock)
    span = law.span(civil_date(case_clock.started_at), case_clock.case.facts)
    due_at = due(law, span, case_clock.started_at)
    if _relies_on_provisional(workdays(), law, span, case_clock.started_at, due_at):
        return None
    waking = due_at if case_clock.wakes_at is not None else None
    CaseClock.objects.filter(pk=case_clock.pk).update(due_at=due_at, provisional=False, wakes_at=waking)
    return due_at


def due(clock: Clock, span: Span, start: datetime) -> datetime:
    """The due moment of a clock that starts at ``start``. Raises ``MissingYear`` for a year without holiday table."""
    return floor(span, start) if clock.kind == "floor" else deadline(span, start, workdays(), rolls=clock.rolls)


def _start(case: Case, clock: Clock, at: datetime) -> None:
    span = clock.span(civil_date(at), case.facts)
    due_at = due(clock, span, at)
    CaseClock.objects.create(
        case=case,
        clock=clock.id,
        label=clock.label,
        kind=clock.kind,
        span=str(span),
        started_at=at,
        due_at=due_at,
        wakes_at=due_at,
        provisional=_relies_on_provisional(workdays(), clock, span, at, due_at),
    )


def _stop(row: CaseClock, at: datetime) -> None:
    CaseClock.objects.filter(pk=row.pk).update(stopped_at=at, wakes_at=None)


def _pause(row: CaseClock, at: datetime) -> None:
    CaseClock.objects.filter(pk=row.pk, paused_at=None).update(paused_at=at, wakes_at=None)


def _resume(row: CaseClock, at: datetime) -> None:
    if row.paused_at is None:
        return
    due_at = row.due_at + (at - row.paused_at)
    CaseClock.objects.filter(pk=row.pk).update(paused_at=None, due_at=due_at, wakes_at=due_at)


def _prolong(case: Case, clock: Clock, row: CaseClock, at: datetime) -> None:
    """A further floor: after the one that runs, and never less than its full length from ``at``."""
    span = clock.span(civil_date(at), case.facts)
    due_at = max(due(clock, span, row.due_at - timedelta(days=1)), due(clock, span, at))
    CaseClock.objects.filter(pk=row.pk).update(due_at=due_at, span=str(span), wakes_at=due_at)


def _relies_on_provisional(calendar: Calendar, clock: Clock, span: Span, start: datetime, due_at: datetime) -> bool:
    if clock.kind == "floor" or span.unit in ("minutes", "hours"):
        return False
    first, last = civil_date(start), civil_date(due_at - timedelta(seconds=1))
    return any(calendar.table(year).provisional for year in range(first.year, last.year + 1))
