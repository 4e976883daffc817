"""What a duty's status is at a moment: derived from its moments, for one duty or in the database."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.enums import TextChoices

from kuangan.duty.models import Duty
from kuangan.duty.proof.standing import is_lacking, lacking
from kuangan.duty.queries import OPEN


class Status(TextChoices):
    met = "met", "按期完成"
    late = "late", "逾期完成"
    due = "due", "办理中"
    overdue = "overdue", "逾期未完成"
    excused = "excused", "免责"
    cancelled = "cancelled", "已取消"


def status_of(duty: Duty, at: datetime) -> Status:
    """The status as it was known at ``at``: only what was recorded by then counts."""
    if duty.cancelled_at and duty.cancelled_at <= at:
        return Status.cancelled
    if duty.done_at and duty.recorded_at and duty.recorded_at <= at:
        on_time = duty.done_at < duty.due_at and duty.recorded_at < duty.grace_at
        return Status.met if on_time else Status.late
    if duty.excused_at and duty.excused_at <= at:
        return Status.excused
    return Status.overdue if duty.due_at <= at or is_lacking(duty, at) else Status.due


def overdue(at: datetime, ended: Collection[int] | None = None) -> Q:
    """Over duties: the overdue ones as things stand now; ``ended`` as for :func:`lacking`."""
    return OPEN & (Q(due_at__lte=at) | lacking(at, ended))


def in_time(at: datetime, ended: Collection[int] | None = None) -> Q:
    """Over duties: those that are still owed and not overdue."""
    return OPEN & Q(due_at__gt=at) & ~lacking(at, ended)


def status_case(at: datetime, prefix: str = "") -> Case:
    """The same as an expression over rows of duties (reached through ``prefix``), of standing ones only once their year is over."""

    def named(name: str) -> str:
        return f"{prefix}{name}"

    on_time = Q(**{f"{named('done_at')}__lt": F(named("due_at")), f"{named('recorded_at')}__lt": F(named("grace_at"))})
    return Case(
        When(Q(**{f"{named('cancelled_at')}__lte": at}), then=Value(Status.cancelled.value)),
        When(Q(**{f"{named('recorded_at')}__lte": at}) & on_time, then=Value(Status.met.value)),
        When(Q(**{f"{named('recorded_at')}__lte": at}), then=Value(Status.late.value)),
        When(Q(**{f"{named('excused_at')}__lte": at}), then=Value(Status.excused.value)),
        When(Q(**{f"{named('due_at')}__gt": at}), then=Value(Status.due.value)),
        default=Value(Status.overdue.value),
        output_field=CharField(),
    )
