"""Duties about a mine that the next body owes in the place of the one before."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kuangan.core.actions import Line, record_many
from kuangan.core.models import Unit, User
from kuangan.duty.changes import cancel
from kuangan.duty.events import Following, open_events
from kuangan.duty.models import Duty
from kuangan.duty.owing import SUPERVISOR, World
from kuangan.duty.queries import OPEN
from kuangan.duty.succession.heirs import Successors, laws_of, let_lie, passing
from kuangan.law.duty.obligation_file import EVENT, obligations


@transaction.atomic
def pass_on(*, actor: User | None, heirs: Successors, but: Collection[int] = (), basis: str, at: datetime) -> list[int]:
    """Let the next body owe it; returns the keys. ``but``: duties that stay, since their excuse is being decided.

    Terms stay as they are: nobody gains time by it. What followed an event and is late already is owed anew by the next body, with a
    term of its own where the obligation has one; the late one stays open with the body that let it lie.
    """
    world = World(at)
    taken = _taken_keys(heirs)
    passed: list[int] = []
    lines: list[Line] = []
    for owner, unit in heirs.after.items():
        county = world.county_of(unit)
        duties = passing(heirs, at).filter(obligation__in=laws_of(owner)).exclude(pk__in=but).exclude(unit=unit)
        moving = [duty for duty in duties.select_for_update(of=("self",)).order_by("pk") if _name(duty) not in taken]
        keys = [duty.pk for duty in moving]
        Duty.objects.filter(pk__in=keys).update(unit=unit, path=unit.path, county=county)
        data = {"from": heirs.before[owner].code if owner in heirs.before else None, "to": unit.code, "basis": basis}
        lines += [Line(duty, "duty_passed_on", data, actor) for duty in moving]
        passed += keys
    record_many(lines, at)
    _ask_anew(actor, heirs, at)
    return passed


def _taken_keys(heirs: Successors) -> set[tuple[str, str, str]]:
    """What the next body owes about the mine already."""
    own = Duty.objects.filter(mine=heirs.mine, unit__in=heirs.after.values(), post=None)
    return set(own.values_list("obligation", "period", "subject"))


def _name(duty: Duty) -> tuple[str, str, str]:
    return duty.obligation, duty.period, duty.subject


def _ask_anew(actor: User | None, heirs: Successors, at: datetime) -> None:
    late = let_lie(heirs, at).exclude(subject="").filter(obligation__in=laws_of(SUPERVISOR))
    following = [
        Following(law, heirs.after[SUPERVISOR], at, None, duty.subject, duty.title, heirs.mine, role=duty.role)
        for duty in late.order_by("pk")
        if (law := obligations()[duty.obligation]).cadence == EVENT and (law.span or law.span_key)
    ]
    open_events(following, actor=actor, at=at)


@transaction.atomic
def take_in_duties(*, actor: User | None, unit: Unit, into: Unit, basis: str, at: datetime) -> int:
    """A unit went up in another: what it owes is owed by the other; what that owes alike already is cancelled here. Returns how many go on."""
    county = World(at).county_of(into)
    owed = set(Duty.objects.filter(unit=into).values_list("obligation", "post", "mine", "period", "subject"))
    duties = list(Duty.objects.select_for_update(of=("self",)).filter(OPEN, unit=unit).order_by("pk"))
    double = [duty for duty in duties if _whole_name(duty) in owed]
    going = [duty for duty in duties if _whole_name(duty) not in owed]
    Duty.objects.filter(pk__in=[duty.pk for duty in going]).update(unit=into, path=into.path, county=county)
    data = {"from": unit.code, "to": into.code, "basis": basis}
    record_many([Line(duty, "duty_passed_on", data, actor) for duty in going], at)
    if double:
        cancel(actor=actor, duties=double, reason=f"{unit.name}已并入{into.name}，由{into.name}履行", at=at)
    return len(going)


def _whole_name(duty: Duty) -> tuple[str, int | None, int | None, str, str]:
    return duty.obligation, duty.post_id, duty.mine_id, duty.period, duty.subject
