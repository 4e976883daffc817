"""Writes on the roster: one entry, or what a unit's administrator says of whole shifts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import Person, Roster, Shift, Tenure, Unit, User
from kuangan.law.role import Role

SHIFT_STARTS_AT_HOUR = {Shift.night: 0, Shift.early: 8, Shift.middle: 16}
SHIFT_HOURS = 8
ROSTERED_ROLES = frozenset({Role.duty_officer, Role.mine_dispatcher, Role.mine_leader})


@transaction.atomic
def roster_person(
    *,
    actor: User | None,
    unit: Unit,
    person: Person,
    on: date,
    shift: Shift | str,
    role: Role | str = Role.duty_officer,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Roster:
    """Put `person` on duty in a shift of `unit`; without hours, the usual ones of that shift of Beijing day `on`.

    Refused: a role that is not done in shifts, a person without a post in the unit, the same entry twice.
    """
    role, shift = Role(role), Shift(shift)
    _require_rosterable(unit, person, on, shift, role)
    start = starts_at or clock.beijing_midnight(on) + timedelta(hours=SHIFT_STARTS_AT_HOUR[shift])
    rostered = Roster.objects.create(
        unit=unit,
        person=person,
        on=on,
        shift=shift,
        role=role.value,
        starts_at=start,
        ends_at=ends_at or start + timedelta(hours=SHIFT_HOURS),
    )
    content = {
        "roster": rostered.pk,
        "person": person.pk,
        "role": rostered.role,
        "starts_at": rostered.starts_at,
        "ends_at": rostered.ends_at,
    }
    record(actor=actor, action="rostered", subject=unit, data=content)
    return rostered


def _require_rosterable(unit: Unit, person: Person, on: date, shift: Shift, role: Role) -> None:
    if role not in ROSTERED_ROLES:
        raise Refused(f"“{role.label}”不实行轮班，不能排班。")
    if not Tenure.objects.filter(post__unit=unit, person=person, to_at__isnull=True).exists():
        raise Refused(f"{person.name}在{unit.name}没有岗位，请先任命再排班。")
    if Roster.objects.filter(unit=unit, person=person, on=on, shift=shift, role=role.value).exists():
        raise Refused(f"{person.name}已排在{on:%Y-%m-%d}{shift.label}，无需重复排班。")


@transaction.atomic
def unroster_person(*, actor: User | None, roster: Roster, at: datetime | None = None) -> None:
    """Take a person off a shift that has not ended. Refused afterwards: who was on duty stays on record."""
    moment = at or clock.now()
    if roster.ends_at <= moment:
        raise Refused(f"{roster}的班次已结束，值班记录不得删除。")
    record(
        actor=actor,
        action="unrostered",
        subject=roster.unit,
        data={"roster": roster.pk, "person": roster.person_id},
        at=moment,
    )
    roster.delete()


class Slot(NamedTuple):
    """What people are put into: one role in one shift of a Beijing day."""

    on: date
    shift: Shift
    role: Role

    @property
    def words(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.shift.label}（{self.role.label}）"

    @property
    def starts_at(self) -> datetime:
        return clock.beijing_midnight(self.on) + timedelta(hours=SHIFT_STARTS_AT_HOUR[self.shift])


def rostered_roles(unit: Unit) -> tuple[Role, ...]:
    """The roles that are done in shifts at such a unit."""
    return tuple(role for role in Role if role in ROSTERED_ROLES and role.works_at(unit.kind))


@transaction.atomic
def keep_roster(
    *, actor: User, unit: Unit, wanted: Mapping[Slot, Sequence[Person]], reason: str = "", at: datetime | None = None
) -> int:
    """Put exactly these people into these shifts; how many shifts that changed. Shifts that are not named stay.

    Of a shift that has begun only a correction with a reason is taken, recorded with who stood there before and after.
    Refused: no reason for that, a role that such a unit does not have in shifts, somebody without a post in the unit.
    """
    moment = at or clock.now()
    Unit.objects.select_for_update().get(pk=unit.pk)
    held = held_slots(unit, [slot.on for slot in wanted])
    changed = {slot: {person.pk: person for person in people} for slot, people in wanted.items()}
    changed = {slot: people for slot, people in changed.items() if set(people) != set(held.get(slot, {}))}
    _require_kept(unit, changed, held, reason, moment)
    planned: dict[str, list[list[Any]]] = {"added": [], "removed": []}
    for slot, people in sorted(changed.items()):
        before = held.get(slot, {})
        _put(unit, slot, people, before)
        if slot.starts_at <= moment:
            _record_correction(actor, unit, slot, [entry.person for entry in before.values()], people, reason, moment)
            continue
        planned["added"] += [[*slot, pk] for pk in people if pk not in before]
        planned["removed"] += [[*slot, pk] for pk in before if pk not in people]
    if planned["added"] or planned["removed"]:
        record(actor=actor, action="shifts_rostered", subject=unit, data=planned, at=moment)
    return len(changed)


def held_slots(unit: Unit, days: Sequence[date]) -> dict[Slot, dict[int, Roster]]:
    """Who stands on the roster on these days, by shift and person."""
    held: dict[Slot, dict[int, Roster]] = {}
    for entry in Roster.objects.filter(unit=unit, on__in=set(days)).select_related("person").order_by("pk"):
        held.setdefault(Slot(entry.on, Shift(entry.shift), Role(entry.role)), {})[entry.person_id] = entry
    return held


def _require_kept(
    unit: Unit,
    changed: Mapping[Slot, Mapping[int, Person]],
    held: Mapping[Slot, Mapping[int, Roster]],
    reason: str,
    at: datetime,
) -> None:
    holders = set(Tenure.objects.filter(post__unit=unit, to_at=None).values_list("person_id", flat=True))
    for slot, people in changed.items():
        if slot.role not in rostered_roles(unit):
            raise Refused(f"{unit.name}的“{slot.role.label}”不实行轮班，不能排班。")
        for pk, person in people.items():
            if pk not in holders and pk not in held.get(slot, {}):
                raise Refused(f"{person.name}在{unit.name}没有岗位，请先任命再排班。")
        if slot.starts_at <= at and not reason:
            raise Refused(f"{slot.words}已经开始，只能更正：请填写更正事由。")


def _put(unit: Unit, slot: Slot, people: Mapping[int, Person], before: Mapping[int, Roster]) -> None:
    for pk, entry in before.items():
        if pk not in people:
            entry.delete()
    start = slot.starts_at
    Roster.objects.bulk_create(
        Roster(
            unit=unit,
            person=person,
            on=slot.on,
            shift=slot.shift,
            role=slot.role.value,
            starts_at=start,
            ends_at=start + timedelta(hours=SHIFT_HOURS),
        )
        for pk, person in people.items()
        if pk not in before
    )


def _record_correction(
    actor: User,
    unit: Unit,
    slot: Slot,
    before: Sequence[Person],
    after: Mapping[int, Person],
    reason: str,
    at: datetime,
) -> None:
    content = {
        "on": slot.on,
        "shift": slot.shift,
        "role": slot.role,
        "before": [person.name for person in before],
        "after": [person.name for person in after.values()],
        "before_ids": [person.pk for person in before],
        "after_ids": list(after),
        "reason": reason,
    }
    record(actor=actor, action="roster_corrected", subject=unit, data=content, at=at)


class Copied(NamedTuple):
    """How many shifts were filled from earlier ones, and who of those stands no longer at a post of the unit."""

    filled: int
    left_out: tuple[str, ...]


@transaction.atomic
def copy_roster(
    *, actor: User, unit: Unit, first: date, last: date, sources: Mapping[date, date], at: datetime | None = None
) -> Copied:
    """Fill the empty shifts of the days from ``first`` to ``last`` as on the day that ``sources`` names for each.

    Shifts that have begun, and those in which somebody stands already, stay as they are.
    """
    moment = at or clock.now()
    Unit.objects.select_for_update().get(pk=unit.pk)
    held = held_slots(unit, [*sources, *sources.values()])
    holders = set(Tenure.objects.filter(post__unit=unit, to_at=None).values_list("person_id", flat=True))
    by_day: dict[date, dict[Slot, list[Person]]] = {}
    for slot, entries in held.items():
        by_day.setdefault(slot.on, {})[slot] = [entry.person for entry in entries.values()]
    wanted: dict[Slot, list[Person]] = {}
    gone: dict[int, str] = {}
    for day, source in sources.items():
        for slot, people in by_day.get(source, {}).items() if first <= day <= last else ():
            target = slot._replace(on=day)
            if target in held or target.starts_at <= moment:
                continue
            gone |= {person.pk: person.name for person in people if person.pk not in holders}
            if staying := [person for person in people if person.pk in holders]:
                wanted[target] = staying
    return Copied(keep_roster(actor=actor, unit=unit, wanted=wanted, at=moment), tuple(gone.values()))
