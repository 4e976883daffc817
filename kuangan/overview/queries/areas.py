"""What lies in a unit's own area, for what it says of it: a report, a hand-over, a bulletin."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from kuangan.casework.models import Case, Finding
from kuangan.casework.queries import told
from kuangan.core.models import Unit, UnitKind
from kuangan.duty.models import Duty
from kuangan.monitor.models import Episode, Silence

Row = TypeVar("Row", bound=Model)
SUPERVISED = (UnitKind.mine, UnitKind.company)


def _within(unit: Unit, in_area: QuerySet[Row], path_field: str = "path") -> QuerySet[Row]:
    return in_area.filter(**{f"{path_field}__startswith": unit.scope_path})


def cases_of(unit: Unit) -> QuerySet[Case]:
    """The cases of the area that the unit may name: a mine and its company only those they know of."""
    cases = _within(unit, Case.objects.select_related("mine"))
    return told(cases) if unit.kind in SUPERVISED else cases


def findings_of(unit: Unit, start: datetime, end: datetime) -> QuerySet[Finding]:
    """The findings of the area made in [start, end) that stand, the newest first."""
    findings = _within(unit, Finding.objects.filter(found_at__gte=start, found_at__lt=end, revoked_at=None))
    return findings.select_related("mine", "unit").order_by("-found_at", "-pk")


def overlimits_of(unit: Unit, start: datetime, end: datetime) -> QuerySet[Episode]:
    """The over-limits of the area that began in [start, end), without what was withdrawn or is no over-limit."""
    episodes = Episode.objects.filter(started_at__gte=start, started_at__lt=end, withdrawn=False, excluded=False)
    return _within(unit, episodes, "mine__unit__path")


def silent_feeds_of(unit: Unit) -> QuerySet[Silence]:
    """When the whole feed of a mine of the area was silent, the earliest first."""
    silences = Silence.objects.filter(point__isnull=True).select_related("mine").order_by("started_at", "pk")
    return _within(unit, silences, "mine__unit__path")


def duties_of(unit: Unit) -> QuerySet[Duty]:
    return _within(unit, Duty.objects.all())


def units_of(unit: Unit, kinds: tuple[str, ...]) -> QuerySet[Unit]:
    """The units of some kinds in the area, by place."""
    return _within(unit, Unit.objects.filter(kind__in=kinds)).order_by("path")
