"""采掘工作面: the faces and headings of the mines, with the district and level that each lies in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, RowChange, RowRefused, Values
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
        "started_on": face.started_on.isoformat() if face.started_on else "",
        "ended_on": face.ended_on.isoformat() if face.ended_on else "",
    }
    return {name: value for name, value in values.items() if value}


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    row["mine"] = names.named("mine", row["mine"], UnitKind.mine).name
    if row.get("level") and not row.get("district"):
        raise RowRefused("district", "填写了水平，请同时填写该工作面所在的采（盘）区")
    if row.get("ended_on", "9999") <= row["started_on"]:
        raise RowRefused("ended_on", f"结束日期应晚于开始日期 {row['started_on']}")


def _write(applying: Applying, changes: Sequence[RowChange]) -> None:
    """New faces together, with the districts and levels that begin with them; then the end of each that has one."""
    mines = {mine.name: mine for mine in Mine.objects.filter(name__in={change.values["mine"] for change in changes})}
    parts = _Parts(mines)
    for change in changes:
        if change.before is None:
            parts.begin(change.values)
    actions.add_parts(
        actor=applying.actor, levels=parts.levels, districts=parts.districts, faces=parts.faces, at=applying.at
    )
    for change in changes:
        row = change.values
        if row.get("ended_on"):
            face = Face.objects.select_related("mine").get(mine=mines[row["mine"]], name=row["name"])
            with change.named():
                actions.end_face(
                    actor=applying.actor, face=face, ended_on=date.fromisoformat(row["ended_on"]), at=applying.at
                )


class _Parts:
    """What faces make anew: themselves, the districts and levels that are not there yet."""

    def __init__(self, mines: Mapping[str, Mine]) -> None:
        self.levels: list[Level] = []
        self.districts: list[District] = []
        self.faces: list[Face] = []
        self._mines = mines
        self._level_of = {
            (level.mine.name, level.name): level
            for level in Level.objects.filter(mine__in=mines.values()).select_related("mine")
        }
        self._district_of = {
            (district.mine.name, district.name): district
            for district in District.objects.filter(mine__in=mines.values()).select_related("mine")
        }

    def begin(self, row: Values) -> None:
        """The face of a row."""
        face = Face(
            mine=self._mines[row["mine"]],
            kind=row["kind"],
            name=row["name"],
            started_on=date.fromisoformat(row["started_on"]),
            district=self._district(row) if row.get("district") else None,
        )
        self.faces.append(face)

    def _district(self, row: Values) -> District:
        key = row["mine"], row["district"]
        if key not in self._district_of:
            level = self._level(row) if row.get("level") else None
            self._district_of[key] = District(mine=self._mines[row["mine"]], name=row["district"], level=level)
            self.districts.append(self._district_of[key])
        return self._district_of[key]

    def _level(self, row: Values) -> Level:
        key = row["mine"], row["level"]
        if key not in self._level_of:
            self._level_of[key] = Level(mine=self._mines[row["mine"]], name=row["level"])
            self.levels.append(self._level_of[key])
        return self._level_of[key]


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
    write=_write,
    fixed=("kind", "district", "level", "started_on"),
    aliases={"mine": ("煤矿名称", "矿井名称"), "name": ("工作面", "名称"), "kind": ("工作面类别", "类型")},
)
