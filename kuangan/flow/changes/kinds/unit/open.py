"""设立单位: an office, a company or an inspectorate in an area, with posts to be added."""

from collections.abc import Iterator
from typing import Final

from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind
from kuangan.flow.changes.grammar import ChangeAct, ChangeKind, Effect, Outcome
from kuangan.flow.changes.people import OPERATOR
from kuangan.flow.changes.subjects import ChangeSubject
from kuangan.law.field import Field

IN_AREA: Final = {
    UnitKind.city: (
        UnitKind.city_government,
        UnitKind.city_bureau,
        UnitKind.city_coal_section,
        UnitKind.company,
        UnitKind.inspectorate,
    ),
    UnitKind.county: (
        UnitKind.county_government,
        UnitKind.county_bureau,
        UnitKind.company,
        UnitKind.inspectorate,
    ),
}
MANY: Final = (UnitKind.company, UnitKind.inspectorate)
"""Kinds of which an area may have several; a second one of the others would be another body with the same powers."""


def _does(act: ChangeAct) -> Outcome:
    area: Unit = act.subject.thing
    kind, name = UnitKind(act.values["kind"]), act.values["name"]
    standing = Unit.objects.filter(parent=area, kind=kind, closed_on=None)
    known = standing.first() if kind not in MANY else standing.filter(name=name).first()
    if known is not None:
        raise Refused(f"{area.name}已有{known.name}；名称有变的请办理更名，合并的请办理并入，不要另建。")
    unit = actions.create_unit(
        actor=act.actor,
        kind=kind,
        code=act.values.get("code") or _fresh_code(area, kind),
        name=name,
        parent=area,
        phone=act.values.get("phone", ""),
        at=act.now,
    )
    if kind == UnitKind.inspectorate:
        actions.add_oversight(actor=act.actor, unit=unit, path=area.path, at=act.now)
    return {"unit": unit.code}


def _fresh_code(area: Unit, kind: UnitKind) -> str:
    part = kind.removeprefix("city_").removeprefix("county_")
    taken = set(Unit.objects.filter(code__startswith=f"{area.code}-{part}").values_list("code", flat=True))
    codes = (f"{area.code}-{part}" if number == 1 else f"{area.code}-{part}-{number}" for number in range(1, 1000))
    return next(code for code in codes if code not in taken)


def _undoes(act: ChangeAct, outcome: Outcome) -> None:
    unit = Unit.objects.get(code=outcome["unit"])
    if unit.people.exists() or unit.company_mines.exists() or unit.supervised_mines.exists():
        raise Refused(f"{unit.name}已有人员或者煤矿，不能撤销设立；确需撤销的，请办理撤销单位。")
    actions.close_unit(actor=act.actor, unit=unit, on=act.effective_on, at=act.now)


def _previews(act: ChangeAct) -> Iterator[Effect]:
    yield Effect("单位", "", f"{act.subject.name} {act.values['name']}")
    yield Effect("岗位、人员", "", "设立后在单位页面增设岗位、增加人员")


def _fields(subject: ChangeSubject) -> tuple[Field, ...]:
    kinds = tuple((kind.value, str(kind.label)) for kind in IN_AREA[UnitKind(subject.unit.kind)])
    return (
        Field("kind", "类别", "choice", choices=kinds),
        Field("name", "单位名称", help="全称"),
        Field("code", "编码", required=False, help="不填的由平台编排"),
        Field("phone", "值班电话", "phone", required=False),
    )


def _fits(subject: ChangeSubject) -> bool:
    return subject.unit.kind in IN_AREA


KIND: Final = ChangeKind(
    id="unit_open",
    title="设立单位",
    subject="unit",
    help="在本地区设立监管部门、上级公司或者监察机构；煤矿另行建档。",
    fields=_fields,
    does=_does,
    previews=_previews,
    undoes=_undoes,
    makes=OPERATOR,
    fits=_fits,
    tells=lambda act: (),
)
