"""采掘工作面: the faces and headings of the mines, with the district and level that each lies in."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, RowRefused, Values, one_by_one
from kuangan.core.models import UnitKind
from kuangan.law.field import Field
from kuangan.mine import actions
from kuangan.mine.models import District, Face, FaceKind, Level, Mine


def _held(_on: date) -> Mapping[Key, Values]:
    faces = Face.objects.select_related("mine", "district__level")
    return {(face.mine.name, face.name): _values(face) for face in faces}


def _values(face: Face) -> Values:
    district = face.district
    values = {
        "mine": face.mine.name,
        "name": face.name,
        "kind": face.kind,
        "district": district.name if district else "",
        "level": district.level.name if district and district.level else "",
        "started_on": face.started_on.isoformat(),
        "ended_on": face.ended_on.isoformat() if face.ended_on else "",
    }
    return {name: value for name, value in values.items() if value}


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    row["mine"] = names.named("mine", row["mine"], UnitKind.mine).name
    if row.get("level") and not row.get("district"):
        raise RowRefused("district", "填写了水平，请同时填写该工作面所在的采（盘）区")
    if row.get("ended_on", "9999") <= row["started_on"]:
        raise RowRefused("ended_on", f"结束日期应晚于开始日期 {row['started_on']}")


def _write(applying: Applying, before: Values | None, row: Values) -> None:
    mine = Mine.objects.get(name=row["mine"])
    if before is None:
        face = actions.add_face(
            actor=applying.actor,
            mine=mine,
            kind=row["kind"],
            name=row["name"],
            started_on=date.fromisoformat(row["started_on"]),
            district=_district(applying, mine, row),
            at=applying.at,
        )
    else:
        face = Face.objects.select_related("mine").get(mine=mine, name=row["name"])
    if row.get("ended_on"):
        actions.end_face(actor=applying.actor, face=face, ended_on=date.fromisoformat(row["ended_on"]), at=applying.at)


def _district(applying: Applying, mine: Mine, row: Values) -> District | None:
    """The district of the face, with its level; what is not there yet begins with its first face."""
    if not row.get("district"):
        return None
    known = District.objects.filter(mine=mine, name=row["district"]).first()
    if known is not None:
        return known
    level = None
    if row.get("level"):
        level = Level.objects.filter(mine=mine, name=row["level"]).first() or actions.add_level(
            actor=applying.actor, mine=mine, name=row["level"], at=applying.at
        )
    return actions.add_district(actor=applying.actor, mine=mine, name=row["district"], level=level, at=applying.at)


SHEET: Final = BookSheet(
    title="采掘工作面",
    help="一行一个采煤或者掘进工作面，名称与监测系统、图纸上的一致；已结束的填写结束日期（不再作业的首日）。",
    fields=(
        Field("mine", "煤矿", help="名称或者 12 位编码"),
        Field("name", "工作面名称"),
        Field("kind", "类别", "choice", choices=tuple(FaceKind.choices)),
        Field("district", "采（盘）区", required=False),
        Field("level", "水平", required=False),
        Field("started_on", "开始日期", "date"),
        Field("ended_on", "结束日期", "date", required=False),
    ),
    key=("mine", "name"),
    samples=(
        {
            "mine": "示例云岭煤矿",
            "name": "1301综采工作面",
            "kind": "coal_face",
            "district": "一三采区",
            "level": "+800水平",
            "started_on": "2026-01-05",
        },
    ),
    held=_held,
    settle=_settle,
    write=one_by_one(_write),
    fixed=("kind", "district", "level", "started_on"),
    aliases={"mine": ("煤矿名称", "矿井名称"), "name": ("工作面", "名称"), "kind": ("工作面类别", "类型")},
)
