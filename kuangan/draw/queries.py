"""Reads of draws: who may be drawn, which draws a user or the public sees, and the public record."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db.models import QuerySet

from kuangan.base.clock import civil_date
from kuangan.core.models import Person, Unit, UnitKind, User
from kuangan.core.queries import people_in_role, roles_of, visible_to
from kuangan.draw.models import Draw
from kuangan.law.local import local_span
from kuangan.law.role import Role
from kuangan.law.time.calendar import calendar
from kuangan.law.time.span import deadline
from kuangan.mine.models import Mine, MineStatus
from kuangan.mine.queries import attributes_on

DRAWN_ROLES = (Role.enforcement_officer, Role.supervision_commissioner)
DRAWING_ROLES = (Role.section_head, Role.bureau_head, Role.bureau_deputy)
DRAWING_KINDS = (UnitKind.city_bureau, UnitKind.city_coal_section, UnitKind.county_bureau)
ALIKE = 0.8
"""From which share of common mines on two pools are much the same: leaving one out makes no other pool."""
OUT_OF_WORK = (MineStatus.closed,)


@dataclass(frozen=True)
class PoolChoice:
    """By which properties mines are taken into the pool; empty: all."""

    county: str = ""
    mine_class: str = ""
    gas_grade: str = ""
    status: str = ""


def draws_visible_to(user: User) -> QuerySet[Draw]:
    """Draws in the user's sight, the newest first."""
    return visible_to(user, Draw.objects.select_related("unit")).order_by("-published_at", "-pk")


def drawing_units(user: User, at: datetime | None = None) -> list[Unit]:
    """The bureaus for which the user may publish and make draws."""
    units = [hold.unit for hold in roles_of(user, at) if hold.role in DRAWING_ROLES and hold.unit.kind in DRAWING_KINDS]
    return list(dict.fromkeys(units))


def mine_pool(unit: Unit, choice: PoolChoice, at: datetime) -> list[Mine]:
    """The mines in the unit's area that may be drawn, by code; closed ones never."""
    mines = Mine.objects.filter(unit__path__startswith=unit.scope_path).select_related("county").order_by("code")
    if choice.county:
        mines = mines.filter(county__code=choice.county)
    chosen = list(mines)
    values = attributes_on(chosen, civil_date(at))
    wanted = {"mine_class": choice.mine_class, "gas_grade": choice.gas_grade, "status": choice.status}
    return [mine for mine in chosen if _is_wanted(values.get(mine.pk, {}), wanted)]


def _is_wanted(values: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    fits = all(not attribute or values.get(name) == attribute for name, attribute in wanted.items())
    return fits and values.get("status") not in OUT_OF_WORK


def officer_pool(unit: Unit, at: datetime) -> list[Person]:
    """The enforcement officers and commissioners of the unit, each once, by number."""
    people = {person.pk: person for role in DRAWN_ROLES for person in people_in_role(unit, role, at)}
    return [people[key] for key in sorted(people)]


def repeated_draws(unit: Unit, codes: Collection[str], at: datetime) -> list[Draw]:
    """The unit's draws of late (``draw.repeat_within``), made, waiting or given up, whose mines are much the same as these."""
    within, wanted = local_span("draw.repeat_within", civil_date(at)), frozenset(codes)
    draws = Draw.objects.filter(unit=unit).order_by("-published_at", "-pk").iterator()
    of_late = takewhile(lambda draw: deadline(within, draw.published_at, calendar()) > at, draws)
    return [
        draw for draw in of_late if _alike(frozenset(mine["key"] for mine in draw.record["pools"]["mines"]), wanted)
    ]


def _alike(pool: frozenset[str], other: frozenset[str]) -> bool:
    return bool(pool | other) and len(pool & other) >= ALIKE * len(pool | other)


def public_draws() -> QuerySet[Draw]:
    """What anybody may see: every published draw, those that were cancelled too."""
    return Draw.objects.select_related("unit").order_by("-published_at", "-pk")


def public_record(draw: Draw, at: datetime) -> dict[str, Any]:
    """The record as the public may have it at a moment: with the draw once its day has come, never with why somebody is left out."""
    return without_reasons(whole_record(draw) if is_public(draw, at) else dict(draw.record))


def without_reasons(record: dict[str, Any]) -> dict[str, Any]:
    """The record without the reasons that earlier records gave for who is left out."""
    if not any(excluded_mine.get("reason") for excluded_mine in record["excluded"]):
        return record
    left = [{"key": member["key"], "name": member["name"]} for member in record["excluded"]]
    return {**record, "excluded": left, "withheld": True}


def is_public(draw: Draw, at: datetime) -> bool:
    """Whether the public sees the result already."""
    return draw.public_on is not None and draw.public_on <= civil_date(at)


def whole_record(draw: Draw) -> dict[str, Any]:
    """The record with the draw, if it was made."""
    return {**draw.record, "draw": draw.result} if draw.result else dict(draw.record)
