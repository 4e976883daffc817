"""Reads of the watch."""

from datetime import datetime

from django.db.models import QuerySet
from django.db.models.enums import TextChoices

from kuangan.core.models import UnitKind, User
from kuangan.core.queries import visible_to
from kuangan.office.models import HandOver, HolidayPlan, PhoneCall, PresenceCheck
from kuangan.office.standing import own_units


class Presence(TextChoices):
    """How a check went; derived from its moments."""

    waiting = "waiting", "待查"
    asked = "asked", "待应答"
    present = "present", "按时应答"
    late = "late", "超时应答"
    absent = "absent", "未应答"


def presence_of(check: PresenceCheck, at: datetime) -> Presence:
    """The result as it stands at a moment."""
    if check.asked_at is None or check.due_at is None:
        return Presence.waiting
    if check.answered_at is not None:
        return Presence.present if check.answered_at < check.due_at else Presence.late
    return Presence.asked if at < check.due_at else Presence.absent


def hand_overs_of(user: User) -> QuerySet[HandOver]:
    """The hand-overs of the user's own units, newest first."""
    rows = HandOver.objects.filter(unit__in=own_units(user))
    return rows.select_related("unit", "by__person", "taken_by__person").order_by("-at", "-pk")


def calls_of(user: User) -> QuerySet[PhoneCall]:
    """The calls of the user's own units, newest first."""
    return (
        PhoneCall.objects.filter(unit__in=own_units(user)).select_related("unit", "by__person").order_by("-at", "-pk")
    )


def plans_visible_to(user: User) -> QuerySet[HolidayPlan]:
    """Holiday plans of units in sight, by holiday and place."""
    rows = visible_to(user, HolidayPlan.objects.select_related("unit", "submitted_by__person"))
    return rows.order_by("first_on", "path")


def checks_made_by(user: User) -> QuerySet[PresenceCheck]:
    """Checks that the user's own offices planned, newest first."""
    rows = PresenceCheck.objects.filter(checker__in=own_units(user))
    return rows.select_related("unit", "checker", "answered_by__person").order_by("-ask_at", "-pk")


def checks_to_answer(user: User) -> QuerySet[PresenceCheck]:
    """Checks of the user's own units that were asked and not answered."""
    rows = PresenceCheck.objects.filter(unit__in=own_units(user), asked_at__isnull=False, answered_at=None)
    return rows.select_related("unit", "checker").order_by("asked_at")


PLANNING_KINDS = (
    UnitKind.city_government,
    UnitKind.city_bureau,
    UnitKind.county_government,
    UnitKind.county_bureau,
    UnitKind.mine,
)
"""Kinds of units that plan their watch for holidays."""
