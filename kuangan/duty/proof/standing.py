"""Standing duties: what must hold at every moment is late long before its year ends."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from kuangan.base.clock import last_day
from kuangan.duty.models import Duty
from kuangan.duty.proof.grades import Grade
from kuangan.duty.queries import OPEN
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.local import settled
from kuangan.law.time.span import parse_span


@cache
def standing_obligations(measure_code: str = "") -> frozenset[str]:
    """The obligations (of one measure) that must hold at every moment."""
    return frozenset(law.id for law in obligations().values() if law.standing and measure_code in ("", law.measure))


@cache
def countersigned() -> frozenset[str]:
    """The obligations whose evidence counts only once the level above has looked at it."""
    return frozenset(law.id for law in obligations().values() if law.accepted)


def time_to_show() -> timedelta:
    """How long a standing duty may wait for its first evidence."""
    return parse_span(settled("duty.standing_within")).length


def known(at: datetime) -> Q:
    """Over duties: a credit that was on file at a moment, and counts at all."""
    revoked = Q(fulfilments__revoked_at=None) | Q(fulfilments__revoked_at__gt=at)
    own = Q(fulfilments__grade=Grade.own, obligation__in=countersigned())
    return Q(fulfilments__recorded_at__lte=at) & revoked & ~own


def valid(day: date, credit: str = "fulfilments") -> Q:
    """Over duties: a credit (reached through ``credit``) whose evidence holds on a day."""
    began = Q((f"{credit}__holds_from", None)) | Q((f"{credit}__holds_from__lte", day))
    return began & (Q((f"{credit}__holds_until", None)) | Q((f"{credit}__holds_until__gte", day)))


def lacking(at: datetime, ended: Collection[int] | None = None) -> Q:
    """Over open duties: standing ones that are overdue within their year.

    Evidence held before and holds no more, or the time to show enough has passed. The few of the first kind are sought by themselves, so
    that a list of many duties does not ask for the credits of each. ``ended``: them, where :func:`ended_among` has read them for all
    conditions of a page.
    """
    sought = _young_ended(Duty.objects.all(), at) if ended is None else ended
    return Q(obligation__in=standing_obligations()) & (Q(opened_at__lte=at - time_to_show()) | Q(pk__in=sought))


def ended_among(duties: QuerySet[Duty], at: datetime) -> list[int]:
    """Of some duties the keys of the open standing ones whose evidence held before and holds no more while there is time to show enough."""
    return list(_young_ended(duties, at))


def _young_ended(duties: QuerySet[Duty], at: datetime) -> QuerySet[Any]:
    young = duties.filter(OPEN, obligation__in=standing_obligations(), opened_at__gt=at - time_to_show())
    return _ended(young.order_by(), at).values_list("pk", flat=True)


def with_lacking(duties: QuerySet[Duty], at: datetime, ended: Collection[int] | None = None) -> QuerySet[Any]:
    """Duties with what :func:`is_lacking` would ask for each, for lists of them."""
    return duties.annotate(lacking=ExpressionWrapper(lacking(at, ended), output_field=BooleanField()))


def is_lacking(duty: Duty, at: datetime) -> bool:
    """The same for one open duty; asks the database only while there is time to show enough."""
    told: bool | None = getattr(duty, "lacking", None)
    if told is not None or duty.obligation not in standing_obligations():
        return bool(told)
    return duty.opened_at <= at - time_to_show() or _ended(Duty.objects.filter(pk=duty.pk), at).exists()


def partly_shown(duties: Iterable[Duty], at: datetime) -> frozenset[int]:
    """The keys of those of which some evidence holds, be it less than they need."""
    several = [duty.pk for duty in duties if duty.needed > 1]
    held = Duty.objects.filter(known(at) & valid(last_day(at)), pk__in=several) if several else Duty.objects.none()
    return frozenset(held.values_list("pk", flat=True))


def _ended(duties: QuerySet[Duty], at: datetime) -> QuerySet[Any]:
    counted = known(at)
    shown = Count("fulfilments", filter=counted)
    return duties.annotate(shown=shown, held=Count("fulfilments", filter=counted & valid(last_day(at)))).filter(
        shown__gt=0, held=0
    )
