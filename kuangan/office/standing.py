"""For which unit somebody acts in the office: the holds of a user, by unit."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.offices import OFFICE_KINDS
from kuangan.core.queries import Hold, roles_of

AREA_KINDS = (UnitKind.city, UnitKind.county, UnitKind.platform)
"""Units nobody can write to."""


def own_units(user: User, at: datetime | None = None) -> list[Unit]:
    """The units the user works for, in the order of his posts; none for the operator."""
    holds = (hold for hold in roles_of(user, at) if not hold.role.administers)
    return list({hold.unit.pk: hold.unit for hold in holds}.values())


def own_offices(user: User, at: datetime | None = None) -> list[Unit]:
    """Those of them that issue notices, letters, collections and reports."""
    return [unit for unit in own_units(user, at) if unit.kind in OFFICE_KINDS]


def acting_at(actor: User, unit: Unit, at: datetime | None = None) -> Hold:
    """The hold by which the user acts for the unit. Refused when there is none."""
    for hold in roles_of(actor, at or clock.now()):
        if hold.unit.pk == unit.pk and not hold.role.administers:
            return hold
    raise Refused(f"您在{unit.name}不担任任何岗位，不能以该单位名义办理。")


def acting_office(actor: User, unit: Unit, at: datetime | None = None) -> Hold:
    """As :func:`acting_at`, for a government or bureau only."""
    if unit.kind not in OFFICE_KINDS:
        raise Refused(f"{unit.name}不是政府或监管部门，不能下发；请由所在县（区）应急管理局下发。")
    return acting_at(actor, unit, at)


def within_reach(issuer: Unit) -> QuerySet[Unit]:
    """The units an office can write to: every institution of its area but itself, counties' offices before mines."""
    below = (
        Unit.objects.filter(path__startswith=issuer.scope_path, closed_on=None)
        .exclude(pk=issuer.pk)
        .exclude(kind__in=AREA_KINDS)
    )
    return below.exclude(kind=UnitKind.inspectorate).select_related("parent").order_by("path")


def checked_receivers(issuer: Unit, units: Iterable[Unit]) -> list[Unit]:
    """The receivers without doubles. Refused: none, or one that lies outside the issuer's area."""
    wanted = {unit.pk: unit for unit in units}
    if not wanted:
        raise Refused("请至少选择一个接收单位。")
    reached = set(within_reach(issuer).filter(pk__in=wanted).values_list("pk", flat=True))
    outside = [unit.name for pk, unit in wanted.items() if pk not in reached]
    if outside:
        raise Refused(f"{'、'.join(outside)}不在{issuer.name}的管辖范围内，请重新选择接收单位。")
    return list(wanted.values())
