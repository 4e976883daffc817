"""Reads of reports: sent by units in sight, and who has not sent what is expected."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.queries import visible_to
from kuangan.office.models import Brief
from kuangan.office.standing import own_units

_ABOVE = {
    UnitKind.mine: (UnitKind.county_bureau,),
    UnitKind.county_bureau: (UnitKind.city_bureau, UnitKind.county_government),
    UnitKind.county_government: (UnitKind.city_government,),
    UnitKind.city_coal_section: (UnitKind.city_bureau,),
    UnitKind.city_bureau: (UnitKind.city_government,),
}
_BELOW = {UnitKind.city_bureau: UnitKind.county_bureau, UnitKind.county_bureau: UnitKind.mine}


def briefs_visible_to(user: User) -> QuerySet[Brief]:
    """Reports of units in sight and those sent to one's own units, newest first."""
    seen = visible_to(user, Brief.objects.all()).values("pk")
    briefs = Brief.objects.filter(Q(pk__in=seen) | Q(to__in=own_units(user)))
    return briefs.select_related("unit", "to", "sent_by__person", "notice").order_by("-first_on", "-pk")


def own_briefs(user: User, unit: Unit, kinds: Iterable[str], periods: Iterable[str]) -> dict[tuple[str, str], Brief]:
    """What one of the user's own units sent of these kinds for these periods, by both."""
    own = [own_unit.pk for own_unit in own_units(user) if own_unit.pk == unit.pk]
    briefs = Brief.objects.filter(unit__in=own, kind__in=tuple(kinds), period__in=tuple(periods))
    return {(brief.kind, brief.period): brief for brief in briefs}


def offices_above(unit: Unit) -> QuerySet[Unit]:
    """To whom a unit reports, its own line first: the offices of the areas around it."""
    kinds = _ABOVE.get(UnitKind(unit.kind), ())
    parts = unit.path.split("/")
    around = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts))]
    offices = Unit.objects.filter(kind__in=kinds, scope_path__in=around).exclude(pk=unit.pk)
    return offices.order_by("kind")


def silent_units(unit: Unit, kind: str, period: str) -> QuerySet[Unit]:
    """The units right below an office that have not sent it this report."""
    below = _BELOW.get(UnitKind(unit.kind))
    if below is None:
        return Unit.objects.none()
    sent = Brief.objects.filter(kind=kind, period=period).values("unit")
    return Unit.objects.filter(kind=below, path__startswith=unit.scope_path).exclude(pk__in=sent).order_by("path")
