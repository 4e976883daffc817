"""The terms that the law of now gives duties: what is late may get more time, and no change of law makes anybody late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kuangan.base.clock import beijing_midnight
from kuangan.base.period import parse_period, period_of
from kuangan.duty.models import Duty
from kuangan.duty.terms import Terms, event_terms, once_terms, period_terms
from kuangan.law.duty.obligation_file import EVENT, ONCE, Obligation
from kuangan.law.local import local
from kuangan.law.time.span import parse_span


@dataclass(frozen=True)
class Fresh:
    """A duty with terms and count. ``kept``: the law of now gives it a time that has passed already, so it keeps its own."""

    duty: Duty
    obligation: Obligation
    terms: Terms
    needed: int
    kept: bool = False

    @property
    def differs(self) -> bool:
        """Whether the duty says something else."""
        now = (self.terms.due_at, self.terms.grace_at, self.terms.provisional, self.needed)
        return (self.duty.due_at, self.duty.grace_at, self.duty.provisional, self.duty.needed) != now


def fresh_terms(obligation: Obligation, duties: Sequence[Duty], at: datetime) -> list[Fresh]:
    """Duties of an obligation as the law of now has them.

    Left out are those past their time to which it gives no more, unless their time was provisional. What is done keeps its time
    unless its count changes.
    """
    return [
        _spared(fresh, at)
        for fresh in _by_law(obligation, duties)
        if fresh.duty.due_at > at or fresh.duty.provisional or fresh.terms.due_at > fresh.duty.due_at
    ]


def _spared(fresh: Fresh, at: datetime) -> Fresh:
    duty = fresh.duty
    own = Terms(duty.due_at, duty.grace_at, duty.provisional)
    if duty.done_at is not None and fresh.needed == duty.needed:
        return replace(fresh, terms=own)
    if fresh.terms.due_at <= at < duty.due_at:
        return replace(fresh, terms=own, kept=True)
    return fresh


def _by_law(obligation: Obligation, duties: Sequence[Duty]) -> Iterator[Fresh]:
    """The same period is computed once. Events that named their own day keep it."""
    known: dict[str, tuple[Terms, int]] = {}
    for duty in duties:
        if obligation.cadence in (EVENT, ONCE):
            needed = duty.needed if obligation.each else obligation.needed(period_of("year", duty.first_on))
            terms = once_terms(obligation) if obligation.cadence == ONCE else _event(obligation, duty)
            yield Fresh(duty, obligation, terms, needed)
            continue
        if duty.period not in known:
            period = parse_period(duty.period)
            known[duty.period] = period_terms(obligation, period), obligation.needed(period)
        terms, needed = known[duty.period]
        yield Fresh(duty, obligation, terms, duty.needed if obligation.each else needed)


def _event(obligation: Obligation, duty: Duty) -> Terms:
    """A day that the event named, or that runs since an entry waits, and hours from its moment, stay; days are counted anew."""
    span = parse_span(str(local(obligation.span_key, duty.first_on).value)) if obligation.span_key else obligation.span
    named = obligation.trigger is None or bool(obligation.trigger.due or obligation.trigger.waits)
    keeps = named or span is None or span.runs
    return event_terms(obligation, beijing_midnight(duty.first_on), duty.due_at if keeps else None)
