"""Whether standing duties hold on a day: by the days on which their evidence is valid, not by having been done once."""

from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Case, CharField, IntegerField, Max, Q, QuerySet, Value, When

from kuangan.duty.models import Duty
from kuangan.duty.proof.grades import Grade
from kuangan.duty.status import Status
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.local import settled
from kuangan.law.time.span import parse_span

_RANKED = tuple(Grade)


@cache
def standing_obligations() -> frozenset[str]:
    """The obligations that must hold at every moment."""
    return frozenset(law.id for law in obligations().values() if law.standing)


@cache
def countersigned() -> frozenset[str]:
    """The obligations whose evidence counts only once the level above has looked at it."""
    return frozenset(law.id for law in obligations().values() if law.accepted)


def with_states(duties: QuerySet[Duty], day: date, at: datetime) -> QuerySet[Any]:
    """These standing duties with their ``status`` on ``day``, by what was known at ``at``, and how far it is proven (``proof``).

    One of which evidence held before and holds no more is overdue at once; one that never held is so once it had time enough
    (``duty.standing_within``) to be put on file.
    """
    waiting = Q(due_at__gt=at, opened_at__gt=at - parse_span(settled("duty.standing_within")).length)
    states = duties.annotate(best=Max(_rank(), filter=_known(at) & _valid(day)), ever=Max(_rank(), filter=_known(at)))
    status = Case(
        When(cancelled_at__lte=at, then=Value(Status.cancelled.value)),
        When(best__isnull=False, then=Value(Status.met.value)),
        When(excused_at__lte=at, then=Value(Status.excused.value)),
        When(waiting, ever=None, then=Value(Status.due.value)),
        default=Value(Status.overdue.value),
        output_field=CharField(),
    )
    proofs = (When(best=rank, then=Value(grade.value)) for rank, grade in enumerate(_RANKED))
    proof = Case(*proofs, default=Value(_RANKED[0].value), output_field=CharField())
    return states.annotate(status=status, proof=proof)


def _rank() -> Case:
    whens = (When(fulfilments__grade=grade.value, then=Value(rank)) for rank, grade in enumerate(_RANKED))
    return Case(*whens, output_field=IntegerField())


def _known(at: datetime) -> Q:
    """Credits that were on file at a moment, and count at all."""
    revoked = Q(fulfilments__revoked_at=None) | Q(fulfilments__revoked_at__gt=at)
    own = Q(fulfilments__grade=Grade.own, obligation__in=countersigned())
    return Q(fulfilments__recorded_at__lte=at) & revoked & ~own


def _valid(day: date) -> Q:
    began = Q(fulfilments__holds_from=None) | Q(fulfilments__holds_from__lte=day)
    return began & (Q(fulfilments__holds_until=None) | Q(fulfilments__holds_until__gte=day))
