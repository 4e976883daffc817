"""Starting, stopping, pausing and recomputing the clocks of a case. Called by ``actions`` inside its transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kuangan.base.clock import civil_date
from kuangan.casework.models import Case, CaseClock
from kuangan.casework.view import view_of
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import Clock
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import Span, deadline, floor


def turn_clocks(
    case: Case, move: str, at: datetime, *, effective_at: datetime, source: str = "", party: int = 0
) -> None:
    """What a move out of the state ``source`` does to the case's clocks, which is in its new state already.

    ``effective_at`` is the moment spans count from (service, receipt). A move about a ``party`` turns that party's clocks and those
    of the case; any other turns those of all parties.
    """
    law = procedure_by_id(case.procedure)
    ran = case.clocks.filter(stopped_at=None).order_by("party", "-pk")
    running = {(case_clock.clock, case_clock.party): case_clock for case_clock in ran}
    for clock in law.clocks:
        for whose in _whose(running, clock, party) if clock.id in law.party_clocks else (0,):
            ran_for = running.get((clock.id, whose))
            _turn(case, clock, ran_for, move, at, effective_at=effective_at, source=source, party=whose)


def _whose(running: Iterable[tuple[str, int]], clock: Clock, party: int) -> tuple[int, ...]:
    """Whose clocks of a kind a move turns, of which each party has its own."""
    return (party,) if party else tuple(whose for name, whose in running if name == clock.id)


def _turn(
    case: Case,
    clock: Clock,
    running: CaseClock | None,
    move: str,
    at: datetime,
    *,
    effective_at: datetime,
    source: str,
    party: int,
) -> None:
    starts = move in clock.starts or (case.state in clock.during and source not in clock.during)
    left = bool(clock.during) and case.state not in clock.during
    if running and move in clock.unlapsed_by:
        CaseClock.objects.filter(pk=running.pk).update(lapsed_at=None, tell_at=None)
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
    if running is None and starts and (clock.when is None or clock.when(view_of(case, at), party)):
        _start(case, clock, effective_at, party)


def stop_all(case: Case, at: datetime) -> None:
    """The case ended: no clock of it runs on."""
    case.clocks.filter(stopped_at=None).update(stopped_at=at, wakes_at=None)


def shorten_deadlines(case: Case) -> None:
    """The case became graver: running deadlines take their new length where that is earlier."""
    for clock in procedure_by_id(case.procedure).clocks:
        for running in case.clocks.filter(clock=clock.id, stopped_at=None, paused_at=None, kind="deadline"):
            span = _span(clock, running.started_at, case, running.party)
            due_at = due(clock, span, running.started_at)
            if due_at < running.due_at:
                waking = running.wakes_at is not None
                CaseClock.objects.filter(pk=running.pk).update(
                    due_at=due_at, span=str(span), wakes_at=due_at if waking else None
                )


def recompute_provisional(case_clock: CaseClock) -> datetime | None:
    """The new due moment of a deadline that relied on a provisional year, once the year is published; else None."""
    law = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock)
    span = _span(law, case_clock.started_at, case_clock.case, case_clock.party)
    due_at = due(law, span, case_clock.started_at)
    if _relies_on_provisional(law, span, case_clock.started_at, due_at):
        return None
    waking = due_at if case_clock.wakes_at is not None else None
    CaseClock.objects.filter(pk=case_clock.pk).update(due_at=due_at, provisional=False, wakes_at=waking)
    return due_at


@dataclass(frozen=True)
class Reckoning:
    """What the law of now gives a clock from its start, without pauses: its length in words and the moment."""

    span: str
    due_at: datetime


def reckoned(case_clock: CaseClock) -> Reckoning | None:
    """How the law of now counts a clock; None where nothing says its length."""
    law = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock)
    try:
        span = _span(law, case_clock.started_at, case_clock.case, case_clock.party)
    except LookupError:
        return None
    return Reckoning(str(span), due(law, span, case_clock.started_at))


def shift(case_clock: CaseClock, due_at: datetime) -> bool:
    """The law of its length has changed: a running clock is due at another moment; False for one that does not run any more."""
    law = procedure_by_id(case_clock.case.procedure).clock(case_clock.clock)
    span = _span(law, case_clock.started_at, case_clock.case, case_clock.party)
    wakes_at = due_at if case_clock.wakes_at is not None else None
    running = CaseClock.objects.filter(pk=case_clock.pk, stopped_at=None, lapsed_at=None)
    return running.update(due_at=due_at, span=str(span), wakes_at=wakes_at) == 1


def due(clock: Clock, span: Span, start: datetime) -> datetime:
    """The due moment of a clock that starts at ``start``; a year without holiday table counts as plain weeks for now."""
    if clock.kind == "floor":
        return floor(span, start)
    return deadline(span, start, calendar(), rolls=clock.rolls and not clock.until)


def _span(clock: Clock, started_at: datetime, case: Case, party: int) -> Span:
    """The length on the day it starts, from the facts and (``party``) whose clock it is."""
    return clock.length(civil_date(started_at), {**case.facts, "party": party} if party else case.facts)


def _label(case: Case, clock: Clock, party: int) -> str:
    return f"{clock.label}（{case.parties.get(number=party).name}）" if party else clock.label


def _start(case: Case, clock: Clock, at: datetime, party: int) -> None:
    span = _span(clock, at, case, party)
    due_at = due(clock, span, at)
    CaseClock.objects.create(
        case=case,
        clock=clock.id,
        party=party,
        label=_label(case, clock, party),
        kind=clock.kind,
        span=str(span),
        started_at=at,
        due_at=due_at,
        wakes_at=due_at,
        provisional=_relies_on_provisional(clock, span, at, due_at),
    )


def _stop(case_clock: CaseClock, at: datetime) -> None:
    CaseClock.objects.filter(pk=case_clock.pk).update(stopped_at=at, wakes_at=None)


def _pause(case_clock: CaseClock, at: datetime) -> None:
    CaseClock.objects.filter(pk=case_clock.pk, paused_at=None).update(paused_at=at, wakes_at=None)


def _resume(case_clock: CaseClock, at: datetime) -> None:
    if case_clock.paused_at is None:
        return
    due_at = case_clock.due_at + (at - case_clock.paused_at)
    CaseClock.objects.filter(pk=case_clock.pk).update(paused_at=None, due_at=due_at, wakes_at=due_at)


def _prolong(case: Case, clock: Clock, case_clock: CaseClock, at: datetime) -> None:
    """A further floor: after the one that runs, and never less than its full length from ``at``."""
    span = _span(clock, at, case, case_clock.party)
    due_at = max(due(clock, span, case_clock.due_at - timedelta(days=1)), due(clock, span, at))
    CaseClock.objects.filter(pk=case_clock.pk).update(due_at=due_at, span=str(span), wakes_at=due_at)


def _relies_on_provisional(clock: Clock, span: Span, start: datetime, due_at: datetime) -> bool:
    if clock.kind == "floor" or clock.until or span.runs:
        return False
    first, last = civil_date(start), civil_date(due_at - timedelta(seconds=1))
    return any(calendar().table(year).provisional for year in range(first.year, last.year + 1))
