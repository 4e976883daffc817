"""测点对照: at which face a measuring point stands, so that the sensors of one face are judged together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from kuangan.city.book.grammar import Applying, BookNames, BookSheet, Key, RowChange, RowRefused, Values
from kuangan.core.models import UnitKind
from kuangan.law.field import Field
from kuangan.mine import actions
from kuangan.mine.models import Face, Mine, Point


def _held(_on: date) -> Mapping[Key, Values]:
    points = Point.objects.values_list("mine__name", "native_code", "face__name").iterator(chunk_size=5000)
    return {
        (mine, code): {"mine": mine, "point": code, "face": face} if face else {"mine": mine, "point": code}
        for mine, code, face in points
    }


def _settle(names: BookNames, row: dict[str, Any]) -> None:
    row["mine"] = names.named("mine", row["mine"], UnitKind.mine).name


def _write(applying: Applying, changes: Sequence[RowChange]) -> None:
    """Mine by mine: a city has tens of thousands of points."""
    faces = {(face.mine.name, face.name): face for face in Face.objects.select_related("mine")}
    by_mine: dict[str, dict[str, Face]] = defaultdict(dict)
    for change in changes:
        row = change.values
        with change.named():
            if change.before is None:
                raise RowRefused("point", f"{row['mine']}尚未上报测点“{row['point']}”，请待该矿数据接入后再对照")
            if (row["mine"], row["face"]) not in faces:
                raise RowRefused("face", f"{row['mine']}没有工作面“{row['face']}”，请先在“采掘工作面”中登记")
        by_mine[row["mine"]][row["point"]] = faces[row["mine"], row["face"]]
    for mine in Mine.objects.filter(name__in=by_mine):
        actions.set_faces(actor=applying.actor, mine=mine, faces=by_mine[mine.name], at=applying.at)


SHEET: Final = BookSheet(
    title="测点对照",
    help="煤矿数据接入后填写：测点编码以系统上报的为准，一行一个测点；地点类别在“测点”页面由执法人员确认。",
    fields=(
        Field("mine", "煤矿", help="名称或者 12 位编码"),
        Field("point", "测点编码"),
        Field("face", "工作面"),
    ),
    key=("mine", "point"),
    samples=({"mine": "示例云岭煤矿", "point": "001A01", "face": "1301综采工作面"},),
    held=_held,
    settle=_settle,
    write=_write,
    aliases={"mine": ("煤矿名称", "矿井名称"), "point": ("测点", "测点号"), "face": ("工作面名称",)},
)
