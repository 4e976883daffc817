"""Writes on units and what they oversee."""

import re
from datetime import date, datetime

from django.db import transaction

from kuangan.base.text import clean_line
from kuangan.core.actions.audit import record
from kuangan.core.errors import Refused
from kuangan.core.models import FormerName, Oversight, Unit, UnitKind, User

LONGEST_NAME = 100
_CODE = re.compile(r"[0-9A-Za-z_.-]+")
_OF_AN_AREA = frozenset(
    {
        UnitKind.city_government,
        UnitKind.city_bureau,
        UnitKind.city_coal_section,
        UnitKind.county_government,
        UnitKind.county_bureau,
    }
)


@transaction.atomic
def create_unit(
    *,
    actor: User | None,
    kind: UnitKind | str,
    code: str,
    name: str,
    parent: Unit | None = None,
    scope_path: str | None = None,
    phone: str = "",
    at: datetime | None = None,
) -> Unit:
    """Add a unit below `parent` at the path parent.path + code + "/".

    Without `scope_path`, governments, bureaus and sections answer for the area they stand in, all others for
    their own path.
    Refused: a code with other characters than letters, digits, "_", "." and "-", or one already used.
    """
    kind = UnitKind(kind)
    _require_free(code)
    path = (parent.path if parent else "") + code + "/"
    unit = Unit.objects.create(
        kind=kind,
        code=code,
        name=name,
        parent=parent,
        path=path,
        scope_path=scope_path or _default_scope(kind, parent, path),
        phone=phone,
    )
    content = {
        "kind": kind.value,
        "code": code,
        "name": name,
        "path": path,
        "scope_path": unit.scope_path,
        "phone": phone,
    }
    record(actor=actor, action="unit_created", subject=unit, data=content, at=at)
    return unit


def _require_free(code: str) -> None:
    if not _CODE.fullmatch(code):
        raise Refused(f"单位编码“{code}”不合规：只能使用字母、数字、下划线、点和连字符。")
    if Unit.objects.filter(code=code).exists():
        raise Refused(f"单位编码“{code}”已被使用，请核对后重新填写。")


def _default_scope(kind: UnitKind, parent: Unit | None, path: str) -> str:
    """The scope of the nearest area above for its institutions; a section below a bureau has the bureau's."""
    if kind in _OF_AN_AREA and parent is not None:
        return parent.scope_path
    return path


@transaction.atomic
def set_unit_phone(*, actor: User | None, unit: Unit, phone: str, at: datetime | None = None) -> Unit:
    """Note the telephone at which the unit is reached day and night; empty takes it away."""
    content = {"before": unit.phone, "after": phone}
    unit.phone = phone
    unit.save(update_fields=["phone"])
    record(actor=actor, action="unit_phone_set", subject=unit, data=content, at=at)
    return unit


@transaction.atomic
def rename_unit(*, actor: User | None, unit: Unit, name: str, from_on: date, at: datetime | None = None) -> FormerName:
    """Let a unit bear a name from a day on; its name so far stays that of the days before.

    Refused: no name, the one it bears, one that another unit of its kind bears, a day before an earlier change of its name.
    """
    after = clean_line(name)
    if not 0 < len(after) <= LONGEST_NAME or after == unit.name:
        raise Refused(f"请填写{unit.name}的新名称（不超过{LONGEST_NAME}字，与现名称不同）。")
    if Unit.objects.filter(kind=unit.kind, name=after, closed_on=None).exclude(pk=unit.pk).exists():
        raise Refused(f"已有名称为“{after}”的{UnitKind(unit.kind).label}，请核对；两个单位合并的，请办理并入。")
    later = FormerName.objects.filter(unit=unit, until_on__gte=from_on).order_by("-until_on").first()
    if later is not None:
        raise Refused(f"{unit.name}自{later.until_on}起已更名，新名称须自其后起用；日期有误的，请先更正该次更名。")
    former = FormerName.objects.create(unit=unit, name=unit.name, until_on=from_on)
    _bear(unit, after)
    content = {"before": former.name, "after": after, "from_on": from_on}
    record(actor=actor, action="unit_renamed", subject=unit, data=content, at=at)
    return former


@transaction.atomic
def restore_unit_name(*, actor: User | None, former: FormerName, at: datetime | None = None) -> Unit:
    """Let a unit bear its last former name again, as if it had never been renamed. Refused when it was renamed since."""
    unit = former.unit
    if FormerName.objects.filter(unit=unit, until_on__gt=former.until_on).exists():
        raise Refused(f"{unit.name}其后又已更名，请先更正最近一次更名。")
    content = {"before": unit.name, "after": former.name, "from_on": former.until_on}
    _bear(unit, former.name)
    former.delete()
    record(actor=actor, action="unit_name_restored", subject=unit, data=content, at=at)
    return unit


def _bear(unit: Unit, name: str) -> None:
    unit.name = name
    unit.save(update_fields=["name"])


@transaction.atomic
def add_oversight(*, actor: User | None, unit: Unit, path: str, at: datetime | None = None) -> Oversight:
    """Let `unit` see everything below `path` (a unit's path). Refused when no unit has this path."""
    if not Unit.objects.filter(path=path).exists():
        raise Refused(f"没有路径为“{path}”的单位，不能设为{unit.name}的可见范围。")
    oversight, added = Oversight.objects.get_or_create(unit=unit, path=path)
    if added:
        record(actor=actor, action="oversight_added", subject=unit, data={"path": path}, at=at)
    return oversight


@transaction.atomic
def remove_oversight(*, actor: User | None, oversight: Oversight, at: datetime | None = None) -> None:
    """End what `add_oversight` gave."""
    record(actor=actor, action="oversight_removed", subject=oversight.unit, data={"path": oversight.path}, at=at)
    oversight.delete()
