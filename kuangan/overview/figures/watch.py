"""What a watch leaves open: alarms and broken feeds in its area, as a hand-over lists them."""

from datetime import datetime

from kuangan.base import clock
from kuangan.casework.queries import of_matter, told_state_of
from kuangan.core.models import Unit
from kuangan.core.subject import about
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import Matter
from kuangan.overview.queries.areas import cases_of, silent_feeds_of

SHOWN = 200


def open_alarms(unit: Unit) -> list[dict[str, str]]:
    """Alarm cases of the unit's area that are not closed, the oldest first."""
    cases = cases_of(unit).select_related(None).select_related("unit").filter(of_matter(Matter.alarm), closed_at=None)
    return [
        {
            "number": case.number,
            "mine": case.unit.name,
            "title": case.title,
            "state": procedure_by_id(case.procedure).state(told_state_of(case)).label,
            "link": str(about("case", case.pk)),
        }
        for case in cases.order_by("opened_at", "pk")[:SHOWN]
    ]


def broken_feeds(unit: Unit, at: datetime) -> list[dict[str, str]]:
    """Mines of the unit's area whose feed is silent, the longest first."""
    silences = silent_feeds_of(unit).filter(ended_at__isnull=True, started_at__lte=at)
    shown = silences.values_list("mine__name", "mine__code", "started_at")[:SHOWN]
    return [
        {
            "mine": name,
            "since": clock.civil(started_at).strftime("%m-%d %H:%M"),
            "link": str(about("mine", code)),
        }
        for name, code, started_at in shown
    ]
