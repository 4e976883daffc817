"""Reads of notices."""

from datetime import datetime

from django.db.models import Q, QuerySet

from kuangan.core.models import Notice, User
from kuangan.core.queries.roles import roles_of


def notices_for(user: User, at: datetime | None = None) -> QuerySet[Notice]:
    """Notices the user may sign for: to himself, to a role he has at the unit, or to a unit where he has any role but an administrator's."""
    mine = Q(person=user.person_id) if user.person_id is not None else Q(pk__in=())
    for hold in roles_of(user, at):
        whole = () if hold.role.administers else ("",)
        mine |= Q(unit=hold.unit, person__isnull=True, role__in=(*whole, hold.role.value))
    return Notice.objects.filter(mine).select_related("unit", "received_by__person").order_by("-created_at", "-pk")


def notices_waiting(user: User, at: datetime | None = None) -> QuerySet[Notice]:
    """Those of :func:`notices_for` that still ask for a signature."""
    return notices_for(user, at).filter(received_at__isnull=True, ended_at__isnull=True)
