"""Reads of the watch."""

from datetime import date, datetime

from django.db.models import Prefetch, QuerySet
from django.db.models.enums import TextChoices

from kuangan.core.models import Roster, Unit, UnitKind, User
from kuangan.core.queries import units_visible_to, visible_to
from kuangan.office.models import HandOver, HolidayDuty, HolidayPlan, PhoneCall, PresenceCheck
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
    hand_overs = HandOver.objects.filter(unit__in=own_units(user))
    return hand_overs.select_related("unit", "by__person", "taken_by__person").order_by("-at", "-pk")


def calls_of(user: User) -> QuerySet[PhoneCall]:
    """The calls of the user's own units, newest first."""
    return (
        PhoneCall.objects.filter(unit__in=own_units(user)).select_related("unit", "by__person").order_by("-at", "-pk")
    )


def plans_visible_to(user: User) -> QuerySet[HolidayPlan]:
    """Holiday plans of units in sight, by holiday and place."""
    plans = visible_to(user, HolidayPlan.objects.select_related("unit", "submitted_by__person"))
    return plans.order_by("first_on", "path")


def shifts_ahead(user: User, unit: Unit, at: datetime, end: date) -> QuerySet[Roster]:
    """The shifts of one of the user's own units that have not ended and begin before a day."""
    own = [own_unit.pk for own_unit in own_units(user) if own_unit.pk == unit.pk]
    shifts = Roster.objects.filter(unit__in=own, ends_at__gt=at, on__lt=end)
    return shifts.select_related("person").order_by("starts_at", "role", "pk")


def own_plan(user: User, unit: Unit, first: date) -> HolidayPlan | None:
    """The plan of one of the user's own units for the holiday that begins on a day, with its days (``duty_days``)."""
    own = [own_unit.pk for own_unit in own_units(user) if own_unit.pk == unit.pk]
    plans = HolidayPlan.objects.filter(unit__in=own, first_on=first)
    return plans.prefetch_related(Prefetch("days", to_attr="duty_days")).first()


def own_plans_made(user: User, unit: Unit) -> dict[date, HolidayPlan]:
    """The plans that one of the user's own units has made, by the first day of their holiday."""
    own = [own_unit.pk for own_unit in own_units(user) if own_unit.pk == unit.pk]
    return {plan.first_on: plan for plan in HolidayPlan.objects.filter(unit__in=own, submitted_at__isnull=False)}


def plans_for(user: User, first: date) -> dict[int, HolidayPlan]:
    """By unit: the plans in sight for the holiday that begins on a day, each with its days (``duty_days``)."""
    people = HolidayDuty.objects.select_related("leader", "officer")
    plans = plans_visible_to(user).filter(first_on=first)
    plans = plans.prefetch_related(Prefetch("days", queryset=people, to_attr="duty_days"))
    return {plan.unit_id: plan for plan in plans}


def planning_units(user: User) -> QuerySet[Unit]:
    """The units in sight that plan their watch for holidays, by place."""
    return units_visible_to(user, PLANNING_KINDS)


def checks_made_by(user: User) -> QuerySet[PresenceCheck]:
    """Checks that the user's own offices planned, newest first."""
    presence_checks = PresenceCheck.objects.filter(checker__in=own_units(user))
    return presence_checks.select_related("unit", "checker", "answered_by__person").order_by("-ask_at", "-pk")


def checks_to_answer(user: User) -> QuerySet[PresenceCheck]:
    """Checks of the user's own units that were asked and not answered."""
    presence_checks = PresenceCheck.objects.filter(unit__in=own_units(user), asked_at__isnull=False, answered_at=None)
    return presence_checks.select_related("unit", "checker").order_by("asked_at")


PLANNING_KINDS = (
    UnitKind.city_government,
    UnitKind.city_bureau,
    UnitKind.county_government,
    UnitKind.county_bureau,
    UnitKind.mine,
)
"""Kinds of units that plan their watch for holidays."""
