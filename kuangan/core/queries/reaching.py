"""Who was reached: notices with their messages, and the people whom nothing reached."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from kuangan.core.models import (
    BESIDE_SMS,
    Call,
    CallState,
    Channel,
    ContactAddress,
    Delivery,
    DeliveryStatus,
    Gateway,
    Notice,
    QuietHours,
    UnitKind,
    User,
)
from kuangan.core.queries.notices import notices_for
from kuangan.core.queries.roles import holds, roles_of
from kuangan.core.queries.scope import is_supervised, visible_paths
from kuangan.law.role import Role

DAY: Final = timedelta(days=1)
TESTS_SHOWN: Final = 10
SUPERVISED: Final = (UnitKind.mine, UnitKind.company)
NOT_PERSONAL: Final = (Channel.screen, Channel.group, Channel.group_text)


def notices_in_sight(user: User) -> QuerySet[Notice]:
    """Notices to the user, to his own unit, and, for an overseer, to the mines and companies in his sight.

    What another office is told stays there: it may tell of a preparation.
    """
    seen = Q(pk__in=notices_for(user).order_by().values("pk"))
    seen |= Q(unit__in={hold.unit.pk for hold in roles_of(user) if not hold.role.administers})
    if not is_supervised(user):
        for path in visible_paths(user):
            seen |= Q(unit__path__startswith=path, unit__kind__in=SUPERVISED)
    return Notice.objects.filter(seen).select_related("unit", "person", "received_by__person")


def messages_of(reader: User, notice: Notice) -> QuerySet[Delivery]:
    """The messages that carry a notice in the reader's sight, by receiver."""
    told = Delivery.objects.filter(notice__in=notices_in_sight(reader).filter(pk=notice.pk))
    return told.select_related("person", "carried_by", "merged_into").order_by("receiver", "channel", "pk")


def unreached(reader: User, at: datetime) -> QuerySet[Delivery]:
    """Messages of the last day that failed, to people whom nothing else of the notice reached, and that nobody signed for.

    The gravest first. A message that is still tried has not failed yet.
    """
    notices = notices_in_sight(reader).filter(created_at__gte=at - DAY, received_at=None, ended_at=None)
    other = Delivery.objects.filter(notice=OuterRef("notice"), receiver=OuterRef("receiver"))
    other = other.exclude(channel__in=NOT_PERSONAL).exclude(status=DeliveryStatus.failed)
    failed = Delivery.objects.filter(notice__in=notices, status=DeliveryStatus.failed).exclude(channel=Channel.screen)
    alone = failed.filter(~Exists(other)).select_related("notice__unit", "person", "carried_by")
    return alone.order_by("-notice__created_at", "receiver", "channel", "pk")


def unanswered_calls(reader: User, at: datetime) -> QuerySet[Call]:
    """Calls of the last day that nobody answered, at units in the reader's sight."""
    within = Q(unit__in={hold.unit.pk for hold in roles_of(reader)})
    for path in () if is_supervised(reader) else visible_paths(reader):
        within |= Q(unit__path__startswith=path, unit__kind__in=SUPERVISED)
    calls = Call.objects.filter(within, state=CallState.exhausted, ended_at__gte=at - DAY)
    return calls.select_related("unit").order_by("-ended_at")


def _is_operator(reader: User) -> bool:
    return holds(reader, Role.operator) is not None


def gateways_kept(reader: User) -> QuerySet[Gateway]:
    """The gateways that were set up, for the system administrator."""
    gateways = Gateway.objects.select_related("unit").order_by("channel", "rank", "pk")
    return gateways if _is_operator(reader) else gateways.none()


def tests_of(reader: User, gateway: Gateway) -> QuerySet[Delivery]:
    """The last test messages of a gateway, the newest first."""
    tests = Delivery.objects.filter(gateway=gateway, test_number__isnull=False).order_by("-pk")
    return (tests if _is_operator(reader) else tests.none())[:TESTS_SHOWN]


def quiet_hours_of_roles(reader: User) -> QuerySet[QuietHours]:
    """The quiet hours that hold for whole roles."""
    hours = QuietHours.objects.exclude(role="").order_by("role")
    return hours if _is_operator(reader) else hours.none()


def own_quiet_hours(reader: User) -> QuietHours | None:
    """The reader's own quiet hours."""
    return QuietHours.objects.filter(person=reader.person_id).first() if reader.person_id else None


def own_addresses(reader: User) -> dict[str, str]:
    """The reader's own addresses by channel."""
    own = ContactAddress.objects.filter(person=reader.person_id, channel__in=BESIDE_SMS)
    return dict(own.values_list("channel", "address")) if reader.person_id else {}
