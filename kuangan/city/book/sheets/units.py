"""单位: offices of the city and its counties beside those that a city begins with, and the telephone of each."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, NamedUnit, RowRefused, Values, one_by_one
from kuangan.core import actions
from kuangan.core.models import Unit, UnitKind
from kuangan.core.offices import OFFICE_KINDS
from kuangan.law.field import Field

KINDS: Final = (*OFFICE_KINDS, UnitKind.inspectorate)
AREAS: Final = (UnitKind.city, UnitKind.county)
ONLY_ONE: Final = frozenset(OFFICE_KINDS)
"""Kinds of which an area has one; a further one would be a second body with the same powers."""


def _held(_on: date) -> Mapping[Key, Values]:
    units = Unit.objects.filter(kind__in=KINDS).select_related("parent")
    return {
        (unit.name,): {
            "name": unit.name,
            "kind": unit.kind,
            "area": unit.parent.name if unit.parent else "",
            "phone": unit.phone,
        }
        for unit in units
    }


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    area = names.named("area", row["area"], *AREAS)
    row["area"] = area.name
    level = next((level for level in ("city", "county") if row["kind"].startswith(level)), area.kind)
    if area.kind != level:
        raise RowRefused(
            "area", f"{UnitKind(row['kind']).label}的所在地区应为{UnitKind(level).label}，填写的是{area.name}"
        )
    twins = [
        unit
        for unit in names.of_kind(row["kind"])
        if unit.parent == area.code and unit.name != row["name"] and row["kind"] in ONLY_ONE
    ]
    if twins:
        raise RowRefused("name", f"{area.name}已有{twins[0].name}；名称有变的请在“单位”页面更名，不要另建")
    if all(unit.name != row["name"] for unit in names.of_kind(row["kind"])):
        names.add(NamedUnit(_fresh_code(names, area.code, row["kind"]), row["name"], row["kind"], area.code))


def _fresh_code(names: BookNames, area: str, kind: str) -> str:
    part = kind.removeprefix("city_").removeprefix("county_")
    numbers = (f"{area}-{part}" if number == 1 else f"{area}-{part}-{number}" for number in range(1, 1000))
    return next(code for code in numbers if code not in names.by_code)


def _write(applying: Applying, before: Values | None, row: Values) -> None:
    if before is None:
        area = Unit.objects.get(name=row["area"], kind__in=AREAS)
        codes = {unit.code: NamedUnit(unit.code, unit.name, unit.kind) for unit in Unit.objects.all()}
        unit = actions.create_unit(
            actor=applying.actor,
            kind=row["kind"],
            code=_fresh_code(BookNames(codes), area.code, row["kind"]),
            name=row["name"],
            parent=area,
            phone=row.get("phone", ""),
            at=applying.at,
        )
        actions.add_standard_posts(actor=applying.actor, unit=unit, at=applying.at)
        if unit.kind == UnitKind.inspectorate:
            actions.add_oversight(actor=applying.actor, unit=unit, path=area.path, at=applying.at)
        return
    unit = Unit.objects.get(name=row["name"], kind=row["kind"])
    actions.set_unit_phone(actor=applying.actor, unit=unit, phone=row.get("phone", ""), at=applying.at)


SHEET: Final = BookSheet(
    title="单位",
    help="市、县政府和应急管理局建市时已按代码建立，此处填写值班电话；监察机构等另行登记，一行一个单位。",
    fields=(
        Field("name", "单位名称"),
        Field("kind", "类别", "choice", choices=tuple((kind.value, str(kind.label)) for kind in KINDS)),
        Field("area", "所在地区", help="本市或者县（区）的名称"),
        Field("phone", "值班电话", "phone", required=False),
    ),
    key=("name",),
    samples=({"name": "示例矿山安全监察处", "kind": "inspectorate", "area": "示例市", "phone": "0355-0000001"},),
    held=_held,
    settle=_settle,
    write=one_by_one(_write),
    makes=("name",),
    fixed=("kind", "area"),
    aliases={"name": ("名称", "单位"), "area": ("地区", "所属地区"), "phone": ("电话", "联系电话")},
)
