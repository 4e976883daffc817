"""Whether standing duties hold on a day: by the days on which their evidence is valid, not by having been done once."""

from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, FilteredRelation, Max, Q, QuerySet, Value, When

from kuangan.duty.models import Duty
from kuangan.duty.proof.grades import Grade
from kuangan.duty.proof.standing import known, time_to_show, valid
from kuangan.duty.status import Status


def with_states(duties: QuerySet[Duty], day: date, at: datetime) -> QuerySet[Any]:
    """These standing duties with their ``status`` on ``day``, by what was known at ``at``, and how far it is proven (``proof``).

    Met: as much evidence holds as is needed; several credits about the same person or thing count once. One of which evidence held before
    and none holds any more is overdue at once; another is so once there was time enough to put it on file (``duty.standing_within``).
    """
    holds, young = valid(day, "credit"), Q(due_at__gt=at, opened_at__gt=at - time_to_show())
    blank = Count("credit", filter=holds & Q(credit__about=""))
    named = Count("credit__about", filter=holds & Q(credit__about__gt=""), distinct=True)
    states = duties.annotate(
        credit=FilteredRelation("fulfilments", condition=known(at)),
        ever=Count("credit"),
        some=Max("credit__grade", filter=holds),
        apart=blank + named,
        **{grade.name: Count("credit", filter=holds & Q(credit__grade=grade.value)) for grade in _BETTER},
    )
    status = Case(
        When(cancelled_at__lte=at, then=Value(Status.cancelled.value)),
        When(apart__gte=F("needed"), then=Value(Status.met.value)),
        When(excused_at__lte=at, then=Value(Status.excused.value)),
        When(young & (Q(ever=0) | Q(some__isnull=False)), then=Value(Status.due.value)),
        default=Value(Status.overdue.value),
        output_field=CharField(),
    )
    proofs = (When(**{f"{grade.name}__gt": 0}, then=Value(grade.value)) for grade in _BETTER)
    proof = Case(*proofs, default=Value(Grade.own.value), output_field=CharField())
    return states.annotate(status=status, proof=proof)


_BETTER = (Grade.machine, Grade.accepted)
"""The grades that are better than a unit's own word, the best first."""
