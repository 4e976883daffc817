"""What is wrong with the platform now, and what was lately."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from kuangan.core.models import Incident

LATELY = timedelta(days=7)
MOST_SHOWN = 100


def recent_incidents(at: datetime) -> QuerySet[Incident]:
    """Open incidents, newest first, then those that ended within seven days; 100 at the most."""
    shown = Incident.objects.filter(Q(ended_at=None) | Q(ended_at__gte=at - LATELY))
    return shown.order_by(F("ended_at").desc(nulls_first=True), "-last_at")[:MOST_SHOWN]


def open_incidents() -> QuerySet[Incident]:
    """What is wrong now, the newest first."""
    return Incident.objects.filter(ended_at=None).order_by("-last_at")
