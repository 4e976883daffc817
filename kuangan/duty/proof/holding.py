"""Whether standing duties hold on a day: by the days on which their evidence is valid, not by having been done once."""

from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from kuangan.duty.models import Duty
from kuangan.duty.proof.grades import Grade
from kuangan.duty.proof.standing import known, time_to_show, valid
from kuangan.duty.status import Status

_RANKED = tuple(Grade)


def with_states(duties: QuerySet[Duty], day: date, at: datetime) -> QuerySet[Any]:
    """These standing duties with their ``status`` on ``day``, by what was known at ``at``, and how far it is proven (``proof``).

    Met: as much evidence holds as is needed. One of which evidence held before and none holds any more is overdue at once; another
    is so once there was time enough to put it on file (``duty.standing_within``).
    """
    holds, young = known(at) & valid(day), Q(due_at__gt=at, opened_at__gt=at - time_to_show())
    states = duties.annotate(
        best=Max(_rank(), filter=holds), ever=Max(_rank(), filter=known(at)), enough=_apart(holds) - F("needed")
    )
    status = Case(
        When(cancelled_at__lte=at, then=Value(Status.cancelled.value)),
        When(Q(needed=1, best__isnull=False) | Q(enough__gte=0), then=Value(Status.met.value)),
        When(excused_at__lte=at, then=Value(Status.excused.value)),
        When(young & (Q(ever=None) | Q(best__isnull=False)), then=Value(Status.due.value)),
        default=Value(Status.overdue.value),
        output_field=CharField(),
    )
    proofs = (When(best=rank, then=Value(grade.value)) for rank, grade in enumerate(_RANKED))
    proof = Case(*proofs, default=Value(_RANKED[0].value), output_field=CharField())
    return states.annotate(status=status, proof=proof)


def _apart(counted: Q) -> Combinable:
    """How many credits there are where more than one is needed; several about the same person or thing count once."""
    counted &= Q(needed__gt=1)
    blank = Count("fulfilments", filter=counted & Q(fulfilments__about=""))
    return blank + Count("fulfilments__about", filter=counted & ~Q(fulfilments__about=""), distinct=True)


def _rank() -> Case:
    whens = (When(fulfilments__grade=grade.value, then=Value(rank)) for rank, grade in enumerate(_RANKED))
    return Case(*whens, output_field=IntegerField())
