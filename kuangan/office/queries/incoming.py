"""Reads of incoming papers: an office's own, and nobody else's."""

from datetime import datetime

from django.db.models import QuerySet

from kuangan.core.models import User
from kuangan.office.models import Incoming
from kuangan.office.standing import own_offices


def incoming_of(user: User) -> QuerySet[Incoming]:
    """The papers of the user's own offices, newest first."""
    rows = Incoming.objects.filter(unit__in=own_offices(user))
    return rows.select_related("unit", "handler").order_by("-received_at", "-pk")


def overdue_incoming(rows: QuerySet[Incoming], at: datetime) -> QuerySet[Incoming]:
    """Open papers past their due time."""
    return rows.filter(closed_at=None, due_at__lte=at)
