"""What people decide about measuring points."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law import limit
from kuangan.mine.models import DefinitionChange, Face, Mine, Point


@transaction.atomic
def confirm_place(
    *, actor: User, point: Point, place: str, face: Face | None = None, at: datetime | None = None
) -> Point:
    """Confirm which place of the law a methane point stands at; its set-points follow from then on.

    Refused: a place that the limits in force do not know, or a face of another mine.
    """
    moment = at or clock.now()
    if place not in limit.places("ch4", clock.civil_date(moment)):
        raise Refused(f"地点类别“{place}”不在现行甲烷设点表中，请从所列地点中选择。")
    _require_own_face(point, face)
    content = {
        "before": point.place,
        "after": place,
        "place_text": point.place_text,
        "face": face.name if face else None,
    }
    point.place = place
    point.place_confirmed_by = actor
    point.place_confirmed_at = moment
    point.face = face or point.face
    point.save(update_fields=["place", "place_confirmed_by", "place_confirmed_at", "face"])
    record(actor=actor, action="place_confirmed", subject=point, data=content, at=moment)
    return point


@transaction.atomic
def set_faces(*, actor: User | None, mine: Mine, faces: Mapping[str, Face], at: datetime | None = None) -> None:
    """Say at which faces points of a mine stand, by their codes. Refused: a face of another mine; a code that the mine has not sent."""
    points = list(Point.objects.filter(mine=mine, native_code__in=faces))
    unknown = sorted({*faces} - {point.native_code for point in points})
    if unknown:
        raise Refused(f"{mine.name}没有测点“{unknown[0]}”，请核对测点编码。")
    for point in points:
        _require_own_face(point, faces[point.native_code])
        point.face = faces[point.native_code]
    Point.objects.bulk_update(points, ["face"], batch_size=500)
    content = {"faces": {code: face.name for code, face in faces.items()}}
    record(actor=actor, action="points_face_assigned", subject=mine, data=content, at=at)


@transaction.atomic
def note_dismantled(*, actor: User | None, point: Point, basis: str, at: datetime | None = None) -> Point:
    """A point stands no more, as ``basis`` (the number of a case) found: nothing is expected of it until it sends again."""
    moment = at or clock.now()
    point.dismantled_at = moment
    point.save(update_fields=["dismantled_at"])
    record(actor=actor, action="point_dismantled", subject=point, data={"basis": basis}, at=moment)
    return point


LONGEST_NOTE = 200


@transaction.atomic
def notice_change(
    *, actor: User, change: DefinitionChange, note: str = "", at: datetime | None = None
) -> DefinitionChange:
    """Take note of a changed definition. Refused when somebody already did, and for a note longer than its column."""
    moment = at or clock.now()
    if len(note) > LONGEST_NOTE:
        raise Refused(f"说明最多{LONGEST_NOTE}字，现为{len(note)}字，请精简。")
    taken = DefinitionChange.objects.filter(pk=change.pk, noticed_at__isnull=True).update(
        noticed_at=moment, noticed_by=actor, note=note
    )
    if not taken:
        raise Refused("该定义变更已有人知悉处理，请刷新页面查看。")
    record(actor=actor, action="change_noticed", subject=change, data={"note": note}, at=moment)
    change.refresh_from_db()
    return change


def _require_own_face(point: Point, face: Face | None) -> None:
    if face is not None and face.mine_id != point.mine_id:
        raise Refused(f"工作面“{face.name}”不属于测点所在煤矿。")
