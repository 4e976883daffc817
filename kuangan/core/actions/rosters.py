"""Writes on the roster."""

from datetime import date, datetime, timedelta

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
