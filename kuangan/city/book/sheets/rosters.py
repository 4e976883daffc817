"""值班表: who is on duty in which shift; a month or a quarter at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, RowRefused, Values, one_by_one
from kuangan.city.book.sheets.staffing import UNITS
from kuangan.core import actions
from kuangan.core.actions.rosters import ROSTERED_ROLES
from kuangan.core.models import Person, Roster, Shift, Tenure, Unit
from kuangan.law.field import Field
from kuangan.law.role import Role


def _held(on: date) -> Mapping[Key, Values]:
    held: dict[Key, Values] = {}
    for roster in Roster.objects.filter(on__gte=on).select_related("unit", "person"):
        values = {
            "unit": roster.unit.name,
            "on": roster.on.isoformat(),
            "shift": roster.shift,
            "role": roster.role,
            "person": roster.person.name,
        }
        held[tuple(values.values())] = values
    return held


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    unit = names.named("unit", row["unit"], *UNITS)
    row["unit"] = unit.name
    row.setdefault(
        "role", Role.duty_officer.value if Role.duty_officer.works_at(unit.kind) else Role.mine_dispatcher.value
    )
    if not Role(row["role"]).works_at(unit.kind):
        raise RowRefused("role", f"{unit.name}不设“{Role(row['role']).label}”")


def _write(applying: Applying, _before: Values | None, row: Values) -> None:
    unit = Unit.objects.get(name=row["unit"], kind__in=UNITS)
    people = Person.objects.filter(name=row["person"], pk__in=_holders(unit)).distinct()
    if len(people) != 1:
        what = f"有 {len(people)} 名" if people else "没有岗位人员"
        raise RowRefused("person", f"{unit.name}{what}“{row['person']}”，请核对姓名，或者先在“岗位与人员”中登记")
    actions.roster_person(
        actor=applying.actor,
        unit=unit,
        person=people[0],
        on=date.fromisoformat(row["on"]),
        shift=row["shift"],
        role=row["role"],
    )


def _holders(unit: Unit) -> list[int]:
    return list(Tenure.objects.filter(post__unit=unit, to_at=None).values_list("person_id", flat=True))


SHEET: Final = BookSheet(
    title="值班表",
    help="一行一人一班，夜班 0 时、早班 8 时、中班 16 时接班；不填角色的，机关为值班员，煤矿为调度员。",
    fields=(
        Field("unit", "单位", help="名称或者编码"),
        Field("on", "日期", "date"),
        Field("shift", "班次", "choice", choices=tuple(Shift.choices)),
        Field(
            "role",
            "角色",
            "choice",
            required=False,
            choices=tuple((role.value, role.label) for role in Role if role in ROSTERED_ROLES),
        ),
        Field("person", "姓名", "person"),
    ),
    key=("unit", "on", "shift", "role", "person"),
    samples=(
        {"unit": "示例县应急管理局", "on": "2026-12-01", "shift": "early", "role": "duty_officer", "person": "示例丙"},
    ),
    held=_held,
    settle=_settle,
    write=one_by_one(_write),
    aliases={"unit": ("单位名称",), "on": ("值班日期",), "person": ("值班人员", "值班员")},
)
