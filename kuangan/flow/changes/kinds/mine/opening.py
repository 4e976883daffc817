"""煤矿建档: a bureau opens the file of a mine that it supervises; a mine cannot open itself."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind
from kuangan.core.standard_posts import STANDARD_POSTS
from kuangan.flow.changes.grammar import DOCUMENTED, ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import THE_CITY
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.flow.mines.attributes import attribute_field
from kuangan.flow.mines.opening import go_on_with_mine, open_mine, take_back_mine
from kuangan.law.effect.attribute import VALUES
from kuangan.law.field import Field
from kuangan.law.procedure.people import By
from kuangan.law.role import Role
from kuangan.mine.actions import SUPERVISING, set_attributes, set_location
from kuangan.mine.codes import WrongCode, mine_code
from kuangan.mine.models import Mine, MineStatus

NONE: Final = "none"
NEEDED: Final = ("status", "mine_type", "approved_capacity")
"""What a file is not opened without: on them rests what is owed."""
OWN: Final = tuple(By("unit", role) for role in (Role.section_head, Role.bureau_head, Role.bureau_deputy))
PROPOSING: Final = tuple(By("unit", role) for role in (Role.clerk, Role.enforcement_officer))
OPEN: Final = tuple((value, label) for value, label in MineStatus.choices if value != MineStatus.closed)


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    return (
        Field("code", "煤矿编码", help="12位数字，前6位为所在县（区）代码"),
        Field("name", "煤矿名称", help="全称，与采矿许可证一致"),
        _body("company", "上级公司", UnitKind.company),
        _body("inspectorate", "监察机构", UnitKind.inspectorate),
        Field("phone", "调度电话", "phone", required=False),
        Field("address", "地址", required=False),
        Field("longitude", "经度", "decimal", required=False, decimals=6, suffix="度"),
        Field("latitude", "纬度", "decimal", required=False, decimals=6, suffix="度"),
        *(_attribute(name) for name in VALUES),
    )


def _body(name: str, label: str, kind: UnitKind) -> Field:
    units = Unit.objects.filter(kind=kind, closed_on=None).order_by("name")
    return Field(name, label, "choice", choices=((NONE, "无"), *((unit.code, unit.name) for unit in units)))


def _attribute(name: str) -> Field:
    declared = attribute_field(name)
    if name == "status":
        return Field(name, declared.label, "choice", choices=OPEN)
    return Field(name, declared.label, declared.kind, required=name in NEEDED, choices=declared.choices)


def _does(act: ChangeAct) -> Outcome:
    mine = _opened(act)
    _locate(act, mine)
    values = _properties(act)
    set_attributes(actor=act.actor, mine=mine, values=values, valid_from=act.effective_on, basis=act.basis, at=act.now)
    return {"unit": mine.code, "values": values, "on": act.effective_on.isoformat()}


def _opened(act: ChangeAct) -> Mine:
    code, county = _code_and_county(act)
    bodies: dict[str, Any] = {
        "supervisor": act.subject.unit,
        "company": _unit(act, "company"),
        "inspectorate": _unit(act, "inspectorate"),
    }
    known = Mine.objects.select_related("unit", "supervisor", "company", "inspectorate").filter(code=code).first()
    if known is None:
        phone = str(act.values.get("phone") or "")
        return open_mine(actor=act.actor, code=code, name=_name(act), county=county, phone=phone, at=act.now, **bodies)
    if known.unit.closed_on is None:
        raise Refused(f"煤矿编码{code}已用于{known.name}；名称有变的请办理更名，监管主体有变的请办理移交日常监管。")
    return go_on_with_mine(
        actor=act.actor, mine=known, name=_name(act), on=act.effective_on, basis=act.basis, at=act.now, **bodies
    )


def _code_and_county(act: ChangeAct) -> tuple[str, Unit]:
    bureau = act.subject.unit
    try:
        code = mine_code(str(act.values["code"]))
    except WrongCode as wrong:
        raise Refused(f"{wrong}。") from None
    county = Unit.objects.filter(kind=UnitKind.county, code=code[:6], closed_on=None).first()
    if county is None:
        raise Refused(f"煤矿编码前6位{code[:6]}不是本市县（区）的代码，请核对。")
    if not county.path.startswith(bureau.scope_path):
        raise Refused(f"煤矿编码前6位是{county.name}的代码，{bureau.name}只能为本辖区的煤矿建档，请核对。")
    return code, county


def _name(act: ChangeAct) -> str:
    name = str(act.values["name"]).strip()
    twin = Unit.objects.filter(kind=UnitKind.mine, name=name, closed_on=None).first()
    if twin is not None:
        raise Refused(f"已有名称为“{name}”的煤矿（编码{twin.code}），请核对；同一煤矿的其他编码不另建档。")
    return name


def _unit(act: ChangeAct, name: str) -> Unit | None:
    code = act.values[name]
    return None if code == NONE else Unit.objects.get(code=code)


def _locate(act: ChangeAct, mine: Mine) -> None:
    said = {name: act.values.get(name) for name in ("address", "longitude", "latitude")}
    if any(said.values()):
        longitude, latitude = (Decimal(str(said[name])) if said[name] else None for name in ("longitude", "latitude"))
        address = str(said["address"] or "")
        set_location(actor=act.actor, mine=mine, address=address, longitude=longitude, latitude=latitude, at=act.now)


def _properties(act: ChangeAct) -> dict[str, str]:
    return {name: str(act.values[name]) for name in VALUES if act.values.get(name) not in (None, "")}


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    mine = Mine.objects.select_related("unit").get(code=outcome["unit"])
    take_back_mine(
        actor=act.actor, mine=mine, values=outcome["values"], on=act.effective_on, basis="建档已撤销", at=act.now
    )


def _previews(act: ChangeAct) -> Iterator[Effect]:
    code, county = _code_and_county(act)
    yield Effect("煤矿", "", f"{_name(act)}（{code}），位于{county.name}")
    yield Effect("日常监管主体", "", act.subject.unit.name)
    yield Effect("标准岗位", "", "、".join(post.title for post in STANDARD_POSTS[UnitKind.mine]))
    yield Effect("履职事项", "", f"自{act.effective_on}起按档案项目生成，所在地区启用日以前不计")
    yield Effect("人员、数据接入密钥、工作面", "", "建档后另行登记")


def _told(act: ChangeAct) -> tuple[Unit, ...]:
    company = _unit(act, "company") if act.values else None
    return (act.subject.unit, company) if company else (act.subject.unit,)


def _fits(subject: ChangeSubject) -> bool:
    return subject.unit.kind in SUPERVISING and subject.thing.closed_on is None


KIND: Final = ChangeKind(
    id="mine_opening",
    title="煤矿建档",
    subject="unit",
    help="为本机关日常监管的煤矿建立一矿一册，设标准岗位；须有批准建设、移交等文件。煤矿不能自行建档。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=(*OWN, *THE_CITY),
    proposes=PROPOSING,
    fits=_fits,
    tells=_told,
    rests_on=DOCUMENTED,
)
