"""What a watch leaves open: alarms and broken feeds in its area, as a hand-over lists them."""

from datetime import datetime

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.casework.queries import of_matter
from kuangan.core.models import Unit
from kuangan.law.content import procedure
from kuangan.law.procedure import Matter
from kuangan.monitor.models import Silence

SHOWN = 200


def open_alarms(unit: Unit) -> list[dict[str, str]]:
    """Alarm cases of the unit's area that are not closed, the oldest first."""
    rows = Case.objects.filter(path__startswith=unit.scope_path, closed_at=None).filter(of_matter(Matter.alarm))
    return [
        {
            "number": case.number,
            "mine": case.mine.name,
            "title": case.title,
            "state": procedure(case.procedure).state(case.state).label,
            "link": f"/cases/{case.pk}/",
        }
        for case in rows.select_related("mine").order_by("opened_at", "pk")[:SHOWN]
    ]


def broken_feeds(unit: Unit, at: datetime) -> list[dict[str, str]]:
    """Mines of the unit's area whose feed is silent, the longest first."""
    rows = Silence.objects.filter(
        mine__unit__path__startswith=unit.scope_path, point__isnull=True, ended_at__isnull=True, started_at__lte=at
    )
    return [
        {
            "mine": one.mine.name,
            "since": clock.civil(one.started_at).strftime("%m-%d %H:%M"),
            "link": f"/mines/{one.mine.code}/",
        }
        for one in rows.select_related("mine").order_by("started_at")[:SHOWN]
    ]
