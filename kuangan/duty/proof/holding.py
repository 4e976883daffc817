"""Whether standing duties hold on a day: by the days on which their evidence is valid, not by having been done once."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When

from kuangan.duty.models import Duty
from kuangan.duty.proof.grades import Grade
from kuangan.duty.status import Status
from kuangan.law.duty.obligation_file import obligations

_RANKED = tuple(Grade)


@cache
def standing_obligations() -> frozenset[str]:
    """The obligations that must hold at every moment."""
    return frozenset(law.id for law in obligations().values() if law.standing)


@cache
def _countersigned() -> frozenset[str]:
    return frozenset(law.id for law in obligations().values() if law.accepted)


State = tuple[str, str, int, Status, str]
"""Obligation, measure, unit, status and grade of one standing duty on a day."""


def standing_states(duties: QuerySet[Duty], day: date, at: datetime) -> Iterator[State]:
    """How each of these standing duties stood on ``day``, by what was known at ``at``; in one query.

    One of which evidence held before and holds no more is overdue at once; one that never held this year is due to its end.
    """
    columns = ("obligation", "measure", "unit_id", "due_at", "excused_at", "cancelled_at", "best", "ever")
    rows = duties.annotate(best=Max(_rank(), filter=_known(at) & _valid(day)), ever=Max(_rank(), filter=_known(at)))
    for name, measure, unit_id, due_at, excused_at, cancelled_at, best, ever in rows.values_list(*columns):
        if cancelled_at is not None and cancelled_at <= at:
            status = Status.cancelled
        elif best is not None:
            status = Status.met
        elif excused_at is not None and excused_at <= at:
            status = Status.excused
        else:
            status = Status.due if ever is None and at < due_at else Status.overdue
        yield name, measure, unit_id, status, _RANKED[best or 0].value


def _rank() -> Case:
    whens = (When(fulfilments__grade=grade.value, then=Value(rank)) for rank, grade in enumerate(_RANKED))
    return Case(*whens, output_field=IntegerField())


def _known(at: datetime) -> Q:
    """Credits that were on file at a moment, and count at all."""
    revoked = Q(fulfilments__revoked_at=None) | Q(fulfilments__revoked_at__gt=at)
    own = Q(fulfilments__grade=Grade.own, obligation__in=_countersigned())
    return Q(fulfilments__recorded_at__lte=at) & revoked & ~own


def _valid(day: date) -> Q:
    began = Q(fulfilments__holds_from=None) | Q(fulfilments__holds_from__lte=day)
    return began & (Q(fulfilments__holds_until=None) | Q(fulfilments__holds_until__gte=day))
