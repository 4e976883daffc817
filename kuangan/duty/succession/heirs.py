"""Who owed about a mine and who does from a transfer on, and what goes and what stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from kuangan.core.models import Unit
from kuangan.duty.changes import REGRADED, STOPPED
from kuangan.duty.models import Duty
from kuangan.duty.owing import BY_MINE, World
from kuangan.duty.queries import OPEN
from kuangan.law.duty.obligation_file import obligations
from kuangan.mine.models import Mine


@dataclass(frozen=True)
class Successors:
    """Who owed about a mine by the kind of owner (``BY_MINE``), and who does from now on."""

    mine: Mine
    before: Mapping[str, Unit]
    after: Mapping[str, Unit]


def successors(mine: Mine, before: Unit, after: Unit, at: datetime) -> Successors:
    """The supervising bodies and the governments they belong to."""
    world = World(at)
    owners = {unit.pk: _owners(world, mine, unit) for unit in (before, after)}
    return Successors(mine, owners[before.pk], owners[after.pk])


def _owners(world: World, mine: Mine, supervisor: Unit) -> dict[str, Unit]:
    seen = Mine(unit=mine.unit, county=mine.county, supervisor=supervisor, company=mine.company)
    return {owner: units[0] for owner in BY_MINE if (units := world.for_mine(owner, seen))}


def passing(heirs: Successors, at: datetime) -> QuerySet[Duty]:
    """What goes on to the next body: open duties about the mine whose time has not run out, standing ones, and those that rest with the mine."""
    resting = Q(cancelled_for__in=(STOPPED, REGRADED), done_at=None)
    standing = Q(obligation__in=laws_of(standing=True), cancelled_at=None)
    return _owed(heirs).filter(OPEN | resting | standing, due_at__gt=at, excused_at=None)


def let_lie(heirs: Successors, at: datetime) -> QuerySet[Duty]:
    """What was late already: it stays with the body that let it lie."""
    return _owed(heirs).filter(OPEN, due_at__lte=at)


def _owed(heirs: Successors) -> QuerySet[Duty]:
    whose = Q(pk__in=())
    for owner, unit in heirs.before.items():
        if owner in heirs.after and heirs.after[owner] != unit:
            whose |= Q(obligation__in=laws_of(owner), unit=unit)
    return Duty.objects.filter(whose, mine=heirs.mine, post=None)


def laws_of(owner: str = "", *, standing: bool = False) -> list[str]:
    """The obligations of a kind of owner, or the standing ones."""
    return [law.id for law in obligations().values() if owner in ("", law.owner) and (law.standing or not standing)]
