"""Writes on mines and their dated attributes."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind, User
from kuangan.law.effect.attribute import NUMERIC, TEXTS, VALUES
from kuangan.mine.models import AttributeName, Mine, MineAlias, MineAttribute, MineRelation, RelationChange
from kuangan.mine.queries.attributes import STANDING

SUPERVISING = frozenset({UnitKind.county_bureau, UnitKind.city_bureau})
LONGEST_VALUE = 60
EAST, NORTH = (73, 136), (3, 54)
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,2})?")


@transaction.atomic
def create_mine(
    *,
    actor: User | None,
    unit: Unit,
    county: Unit,
    supervisor: Unit,
    company: Unit | None = None,
    inspectorate: Unit | None = None,
    at: datetime | None = None,
) -> Mine:
    """Open the file of a mine; code and name are those of its unit.

    Refused: a unit of another kind, a code without 12 digits, a unit outside the county, a second file of the same
    unit, or a supervisor, company or inspectorate of a wrong kind.
    """
    _require_fileable(unit, county)
    _require_supervisor(supervisor, unit)
    _require_kind(company, UnitKind.company, "上级公司")
    _require_kind(inspectorate, UnitKind.inspectorate, "监察机构")
    mine = Mine.objects.create(
        unit=unit,
        code=unit.code,
        name=unit.name,
        county=county,
        supervisor=supervisor,
        company=company,
        inspectorate=inspectorate,
    )
    content = {
        "code": mine.code,
        "name": mine.name,
        "county": county.code,
        "supervisor": supervisor.code,
        "company": company.code if company else None,
        "inspectorate": inspectorate.code if inspectorate else None,
    }
    record(actor=actor, action="mine_created", subject=mine, data=content, at=at)
    return mine


def _require_fileable(unit: Unit, county: Unit) -> None:
    if unit.kind != UnitKind.mine:
        raise Refused(f"{unit.name}的单位类别不是煤矿，不能建立一矿一册。")
    if not re.fullmatch(r"\d{12}", unit.code):
        raise Refused(f"煤矿编码“{unit.code}”不是12位数字，请按煤矿编码规则更正后再建册。")
    if county.kind != UnitKind.county or not unit.path.startswith(county.path):
        raise Refused(f"{unit.name}不在{county.name}范围内，请核对所在县（区）。")
    alias = MineAlias.objects.filter(STANDING, code=unit.code, until_on=None).select_related("mine").first()
    if alias is not None:
        raise Refused(
            f"编码{unit.code}已登记为{alias.mine.name}的其他编码，请核对是否同一煤矿；确须建册的，请先停用该登记。"
        )
    if Mine.objects.filter(pk=unit.pk).exists():
        raise Refused(f"{unit.name}已建立一矿一册，不得重复建立。")


@transaction.atomic
def follow_unit_name(*, actor: User | None, unit: Unit, at: datetime | None = None) -> None:
    """The file of a mine bears the name of its unit; of any other unit nothing is to be done."""
    mine = Mine.objects.filter(pk=unit.pk).exclude(name=unit.name).first()
    if mine is None:
        return
    content = {"before": mine.name, "after": unit.name}
    mine.name = unit.name
    mine.save(update_fields=["name"])
    record(actor=actor, action="mine_renamed", subject=mine, data=content, at=at)


@transaction.atomic
def set_attribute(
    *,
    actor: User | None,
    mine: Mine,
    name: str,
    value: str,
    valid_from: date,
    basis: str = "",
    at: datetime | None = None,
) -> MineAttribute:
    """Let a property have a value from a day on; the same day again corrects it, with the old value in the record.

    Refused: an unknown property, a value that the property cannot have, a day from which a decision says what holds.
    """
    require_value(name, value)
    that_day = MineAttribute.objects.filter(STANDING, mine=mine, name=name, valid_from=valid_from)
    decided = that_day.exclude(source="").first()
    if decided is not None:
        raise Refused(f"{AttributeName(name).label}自该日起由“{decided.basis}”确定，请更正该记录。")
    before = that_day.values_list("value", flat=True)
    content = {"name": name, "value": value, "valid_from": valid_from, "basis": basis, "before": before.first()}
    attribute, _ = that_day.update_or_create(
        mine=mine, name=name, valid_from=valid_from, source="", defaults={"value": value, "basis": basis}
    )
    record(actor=actor, action="mine_attribute_set", subject=mine, data=content, at=at)
    return attribute


@transaction.atomic
def set_attributes(
    *,
    actor: User | None,
    mine: Mine,
    values: Mapping[str, str],
    valid_from: date,
    basis: str = "",
    at: datetime | None = None,
) -> None:
    """As :func:`set_attribute`, several properties with one entry on record. Refused alike, and then none of them is set."""
    for name, value in values.items():
        require_value(name, value)
    held = {
        attribute.name: attribute
        for attribute in MineAttribute.objects.filter(STANDING, mine=mine, name__in=values, valid_from=valid_from)
    }
    for attribute in held.values():
        if attribute.source:
            label = AttributeName(attribute.name).label
            raise Refused(f"{label}自该日起由“{attribute.basis}”确定，请更正该记录。")
    before = {name: attribute.value for name, attribute in held.items()}
    for name, attribute in held.items():
        attribute.value, attribute.basis = values[name], basis
    MineAttribute.objects.bulk_update(held.values(), ["value", "basis"])
    MineAttribute.objects.bulk_create(
        MineAttribute(mine=mine, name=name, value=value, valid_from=valid_from, basis=basis)
        for name, value in values.items()
        if name not in held
    )
    content = {"values": dict(values), "valid_from": valid_from, "basis": basis, "before": before}
    record(actor=actor, action="mine_attributes_set", subject=mine, data=content, at=at)


def require_value(name: str, value: str) -> None:
    """Refuse an unknown property or a value that the property cannot have."""
    if name not in VALUES:
        raise Refused(f"没有名为“{name}”的煤矿属性，可用的属性有：{'、'.join(AttributeName.labels)}。")
    label = AttributeName(name).label
    if VALUES[name] and value not in VALUES[name]:
        raise Refused(f"“{value}”不是{label}的有效取值，请从所列选项中选择。")
    if name in NUMERIC and not _NUMBER.fullmatch(value):
        raise Refused(f"{label}应填写数字，填写的是“{value}”。")
    if name in TEXTS and not 0 < len(value.strip()) <= LONGEST_VALUE:
        raise Refused(f"{label}须填写，且不超过{LONGEST_VALUE}字。")


@transaction.atomic
def assign_relation(
    *,
    actor: User | None,
    mine: Mine,
    relation: str,
    unit: Unit | None,
    valid_from: date | None = None,
    basis: str = "",
    at: datetime | None = None,
) -> RelationChange:
    """Let another unit stand in a relation to the mine from a day on, and keep which one did before.

    Refused: what :func:`create_mine` refuses of it, the unit that it is already, and a day before the last change.
    """
    moment = at or clock.now()
    known = MineRelation(relation)
    _require_related(known, unit, mine.unit)
    locked = Mine.objects.select_for_update(of=("self",)).select_related("unit", relation).get(pk=mine.pk)
    before, day = getattr(locked, relation), valid_from or clock.civil_date(moment)
    if before == unit:
        raise Refused(f"{mine.name}的{known.label}已是{unit.name if unit else '（无）'}，无须变更。")
    last = RelationChange.objects.filter(STANDING, mine=mine, relation=relation).order_by("-valid_from", "-pk").first()
    if last is not None and day < last.valid_from:
        raise Refused(f"{mine.name}的{known.label}已于{last.valid_from}变更过一次，新的变更不得早于该日。")
    change = RelationChange.objects.create(
        mine=mine, relation=relation, before=before, after=unit, valid_from=day, basis=basis
    )
    setattr(mine, relation, unit)
    mine.save(update_fields=[relation])
    content = {
        "before": before.code if before else None,
        "after": unit.code if unit else None,
        "valid_from": day,
        "basis": basis,
    }
    record(actor=actor, action=f"mine_{relation}_assigned", subject=mine, data=content, at=moment)
    return change


def assign_supervisor(*, actor: User | None, mine: Mine, supervisor: Unit, at: datetime | None = None) -> Mine:
    """Hand the daily supervision of a mine to another bureau. Refused: no bureau of the mine's county or city."""
    assign_relation(actor=actor, mine=mine, relation=MineRelation.supervisor, unit=supervisor, at=at)
    return mine


@transaction.atomic
def withdraw_relation(*, actor: User | None, change: RelationChange, at: datetime) -> Mine:
    """Take the last change of a relation back: what stood before stands again, as if it had never changed. Refused for an earlier one."""
    mine, relation = change.mine, change.relation
    last = RelationChange.objects.select_for_update().filter(STANDING, mine=mine, relation=relation)
    if last.order_by("-valid_from", "-pk").first() != change:
        raise Refused(f"{mine.name}的{change.get_relation_display()}此后又有变更，请先更正较晚的一次。")
    change.withdrawn_at = at
    change.save(update_fields=["withdrawn_at"])
    setattr(mine, relation, change.before)
    mine.save(update_fields=[relation])
    content = {"after": change.before.code if change.before else None, "valid_from": change.valid_from}
    record(actor=actor, action="mine_relation_withdrawn", subject=mine, data={"relation": relation} | content, at=at)
    return mine


def _require_related(relation: MineRelation, unit: Unit | None, mine: Unit) -> None:
    if relation == MineRelation.supervisor:
        if unit is None:
            raise Refused("煤矿须有一个日常监管主体。")
        _require_supervisor(unit, mine)
    elif relation == MineRelation.company:
        _require_kind(unit, UnitKind.company, "上级公司")
    else:
        _require_kind(unit, UnitKind.inspectorate, "监察机构")


@transaction.atomic
def set_location(
    *,
    actor: User | None,
    mine: Mine,
    address: str,
    longitude: Decimal | None,
    latitude: Decimal | None,
    at: datetime | None = None,
) -> Mine:
    """Say where the mine is: address, and the coordinates of its main shaft in CGCS2000. Refused: one coordinate alone, or outside the country."""
    if (longitude is None) != (latitude is None):
        raise Refused("经度、纬度须同时填写，或者都不填写。")
    if (
        longitude is not None
        and latitude is not None
        and not (EAST[0] <= longitude <= EAST[1] and NORTH[0] <= latitude <= NORTH[1])
    ):
        raise Refused(f"经度{longitude}、纬度{latitude}不在我国境内，请核对是否填反（经度73至136，纬度3至54）。")
    before = {"address": mine.address, "longitude": mine.longitude, "latitude": mine.latitude}
    after = {"address": address.strip(), "longitude": longitude, "latitude": latitude}
    for name, value in after.items():
        setattr(mine, name, value)
    mine.save(update_fields=[*after])
    record(actor=actor, action="mine_location_set", subject=mine, data={"before": before, "after": after}, at=at)
    return mine


def _require_supervisor(supervisor: Unit, unit: Unit) -> None:
    if supervisor.kind not in SUPERVISING or not unit.path.startswith(supervisor.scope_path):
        raise Refused(f"{supervisor.name}不是{unit.name}所在市、县的应急管理局，不能作为日常监管主体。")


def _require_kind(unit: Unit | None, kind: UnitKind, relation: str) -> None:
    if unit is not None and unit.kind != kind:
        raise Refused(f"{unit.name}的单位类别不是“{kind.label}”，不能设为{relation}。")
