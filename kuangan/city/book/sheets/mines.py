"""煤矿: one row a mine, with its supervising body, its company and the properties by which law distinguishes."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, NamedUnit, RowRefused, Values, one_by_one
from kuangan.core import actions as core
from kuangan.core.models import Unit, UnitKind
from kuangan.flow.mines.attributes import attribute_field
from kuangan.flow.mines.opening import open_mine
from kuangan.law.effect.attribute import VALUES
from kuangan.law.field import Field
from kuangan.mine import actions
from kuangan.mine.actions.mine import EAST, NORTH
from kuangan.mine.codes import WrongCode, alias_codes, bare_code, mine_code
from kuangan.mine.models import Mine
from kuangan.mine.queries.aliases import codes_by_mine
from kuangan.mine.queries.attributes import attributes_on, rows_on

BASIS: Final = "建市工作簿"
JOINED: Final = "、"
LOCATION: Final = ("address", "longitude", "latitude")
LONGEST_ADDRESS: Final = 200
COORDINATES: Final = "主井口，国家大地坐标系（CGCS2000），小数度，如 113.115833；不用导航地图的坐标"
BUREAUS: Final = (UnitKind.county_bureau, UnitKind.city_bureau)


def _held(on: date) -> Mapping[Key, Values]:
    mines = list(Mine.objects.select_related("unit", "county", "supervisor", "company", "inspectorate"))
    attributes, others = attributes_on(mines, on), codes_by_mine(on)
    held: dict[Key, Values] = {}
    for mine in mines:
        values: dict[str, Any] = {
            "code": mine.code,
            "name": mine.name,
            "aliases": JOINED.join(sorted(others.get(mine.code, ()))),
            "county": mine.county.name,
            "supervisor": mine.supervisor.name,
            "company": mine.company.name if mine.company else "",
            "inspectorate": mine.inspectorate.name if mine.inspectorate else "",
            "phone": mine.unit.phone,
            "address": mine.address,
            "longitude": _degrees(mine.longitude),
            "latitude": _degrees(mine.latitude),
        }
        held[mine.code,] = {name: value for name, value in values.items() if value} | attributes.get(mine.pk, {})
    return held


def _degrees(number: Decimal | None) -> str:
    """As the sheet's own cells are kept."""
    return "" if number is None else f"{number.normalize():f}"


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    row["code"] = _code(names, row["code"])
    county = _county(names, row)
    row["county"] = county.name
    twin = names.by_code.get(row["code"])
    if twin is not None and twin.name != row["name"]:
        raise RowRefused("name", f"编码 {row['code']} 已用于{twin.name}；一矿两名的请统一为采矿许可证所载名称")
    if twin is None or row.get("supervisor"):
        row["supervisor"] = _supervisor(names, row, county).name
    for field_name, kind in (("company", UnitKind.company), ("inspectorate", UnitKind.inspectorate)):
        if row.get(field_name):
            row[field_name] = names.named(field_name, row[field_name], kind).name
    if bool(row.get("longitude")) != bool(row.get("latitude")):
        raise RowRefused("latitude" if row.get("longitude") else "longitude", "经度、纬度须同时填写，或者都不填写")
    if len(row.get("address", "")) > LONGEST_ADDRESS:
        raise RowRefused("address", f"地址不得超过 {LONGEST_ADDRESS} 字，请精简")
    unit = NamedUnit(row["code"], row["name"], UnitKind.mine, county.code)
    names.add(unit)
    if row.get("aliases"):
        _settle_aliases(names, row, unit)


def _settle_aliases(names: BookNames, row: dict[str, Any], unit: NamedUnit) -> None:
    """What the cell lists joins what the mine is known under; a code that another mine has is refused."""
    try:
        listed = alias_codes(row["aliases"])
    except WrongCode as wrong:
        raise RowRefused("aliases", str(wrong)) from None
    for code in listed:
        known = names.alias(code, unit)
        if known.code != unit.code:
            raise RowRefused("aliases", f"编码 {code} 是{known.name}（{known.code}）的编码，同一编码只能属于一座煤矿")
    row["aliases"] = JOINED.join(names.aliases_of(unit.code))


def _code(names: BookNames, text: str) -> str:
    known = names.mine_of_alias(bare_code(text))
    if known is not None:
        return known.code
    try:
        return mine_code(text)
    except WrongCode as wrong:
        raise RowRefused("code", str(wrong)) from None


def _county(names: BookNames, row: dict[str, Any]) -> NamedUnit:
    """The county by the code, which a county that is named, or the only one in the address, must not gainsay."""
    by_code = names.by_code.get(row["code"][:6])
    if by_code is None or by_code.kind != UnitKind.county:
        raise RowRefused("code", f"编码前 6 位 {row['code'][:6]} 不是本市县（区）的代码，不是本市煤矿的请删去本行")
    said = _said(names, row)
    if said is not None and said is not by_code:
        where = "所在县（区）填写的是" if row.get("county") else "地址在"
        raise RowRefused("county", f"编码前 6 位是{by_code.name}，{where}{said.name}，请核对两者")
    return by_code


def _said(names: BookNames, row: dict[str, Any]) -> NamedUnit | None:
    if row.get("county"):
        return names.named("county", row["county"], UnitKind.county)
    counties = [unit for unit in names.of_kind(UnitKind.county) if unit.name in row.get("address", "")]
    return counties[0] if len(counties) == 1 else None


def _supervisor(names: BookNames, row: dict[str, Any], county: NamedUnit) -> NamedUnit:
    """Who supervises from day to day: the bureau of the county, unless another is named."""
    if row.get("supervisor"):
        return names.named("supervisor", row["supervisor"], *BUREAUS)
    return next(unit for unit in names.of_kind(UnitKind.county_bureau) if unit.parent == county.code)


def _write(applying: Applying, before: Values | None, row: Values) -> None:
    mine = _opened(applying, row) if before is None else _changed(applying, before, row)
    held = before or {}
    _locate(applying, mine, held, row)
    for code in sorted({*_listed(row)} - {*_listed(held)}):
        actions.add_alias(
            actor=applying.actor, mine=mine, code=code, valid_from=applying.on, basis=BASIS, at=applying.at
        )
    changed = {name: str(row[name]) for name in VALUES if row.get(name) and row[name] != held.get(name)}
    if changed:
        _refuse_decided(applying, mine, changed)
        actions.set_attributes(
            actor=applying.actor, mine=mine, values=changed, valid_from=applying.on, basis=BASIS, at=applying.at
        )


def _listed(values: Values) -> list[str]:
    return [code for code in str(values.get("aliases") or "").split(JOINED) if code]


def _locate(applying: Applying, mine: Mine, held: Values, row: Values) -> None:
    if any(row.get(name) not in (None, "", held.get(name)) for name in LOCATION):
        there = {name: row.get(name) or held.get(name) for name in LOCATION}
        actions.set_location(
            actor=applying.actor,
            mine=mine,
            address=str(there["address"] or ""),
            longitude=Decimal(there["longitude"]) if there["longitude"] else None,
            latitude=Decimal(there["latitude"]) if there["latitude"] else None,
            at=applying.at,
        )


def _refuse_decided(applying: Applying, mine: Mine, changed: Values) -> None:
    """What a decision set is changed by the correction of that decision, never by a book."""
    for attribute in rows_on([mine], applying.on):
        if attribute.source and attribute.name in changed:
            raise RowRefused(attribute.name, f"{attribute.get_name_display()}由“{attribute.basis}”确定，请更正该记录")


def _opened(applying: Applying, row: Values) -> Mine:
    return open_mine(
        actor=applying.actor,
        code=row["code"],
        name=row["name"],
        county=Unit.objects.get(kind=UnitKind.county, name=row["county"]),
        supervisor=Unit.objects.get(kind__in=BUREAUS, name=row["supervisor"]),
        company=_unit(row, "company", UnitKind.company),
        inspectorate=_unit(row, "inspectorate", UnitKind.inspectorate),
        phone=row.get("phone", ""),
        at=applying.at,
    )


def _unit(row: Values, name: str, kind: UnitKind) -> Unit | None:
    return Unit.objects.get(kind=kind, name=row[name]) if row.get(name) else None


def _changed(applying: Applying, before: Values, row: Values) -> Mine:
    """The telephone; supervising body and company do not change by a book, because open work goes with them."""
    mine = Mine.objects.select_related("unit").get(code=row["code"])
    if row.get("phone", "") not in ("", before.get("phone", "")):
        core.set_unit_phone(actor=applying.actor, unit=mine.unit, phone=row["phone"], at=applying.at)
    return mine


SHEET: Final = BookSheet(
    title="煤矿",
    help="一行一座煤矿。没有填写的属性不作更改；类别、等级等由程序确定的，在一矿一册中由该程序写入。",
    fields=(
        Field("code", "煤矿编码", help="12 位数字"),
        Field("name", "煤矿名称"),
        Field("aliases", "其他编码", required=False, help="原编码、省级平台和企业系统的编码，多个用“、”分隔"),
        Field("county", "所在县（区）", required=False, help="不填时由编码前 6 位确定，并与地址核对"),
        Field("address", "地址", required=False),
        Field(
            "longitude",
            "经度",
            "decimal",
            required=False,
            suffix="度",
            decimals=6,
            low=Decimal(EAST[0]),
            high=Decimal(EAST[1]),
            help=COORDINATES,
        ),
        Field(
            "latitude",
            "纬度",
            "decimal",
            required=False,
            suffix="度",
            decimals=6,
            low=Decimal(NORTH[0]),
            high=Decimal(NORTH[1]),
            help=COORDINATES,
        ),
        Field("supervisor", "日常监管主体", required=False, help="不填为所在县（区）应急管理局"),
        Field("company", "上级公司", required=False),
        Field("inspectorate", "监察机构", required=False),
        Field("phone", "调度电话", "phone", required=False),
        *(attribute_field(name) for name in VALUES),
    ),
    key=("code",),
    samples=(
        {
            "code": "149923900001",
            "name": "示例云岭煤矿",
            "county": "示例县",
            "supervisor": "示例县应急管理局",
            "company": "示例煤业集团有限公司",
            "phone": "0355-0000003",
            "address": "示例省示例市示例县某乡某村",
            "longitude": "113.115833",
            "latitude": "36.195278",
            "approved_capacity": "120",
            "gas_grade": "high_gas",
            "status": "producing",
        },
    ),
    held=_held,
    settle=_settle,
    write=one_by_one(_write),
    makes=("code", "name"),
    fixed=("county", "supervisor", "company", "inspectorate"),
    aliases={
        "code": ("编码", "矿井编码", "煤矿代码", "矿井编号"),
        "name": ("矿井名称", "名称", "煤矿"),
        "county": ("县区", "县（市、区）", "所属县区", "所在县区"),
        "address": ("详细地址", "矿井地址", "所在地"),
        "longitude": ("东经", "经度坐标"),
        "latitude": ("北纬", "纬度坐标"),
        "supervisor": ("监管主体", "监管单位"),
        "company": ("主体企业", "集团公司", "上级单位"),
        "phone": ("调度室电话", "联系电话", "电话"),
        "approved_capacity": ("核定生产能力", "生产能力", "核定能力"),
        "status": ("生产状态", "矿井状态", "建设状态"),
    },
)
