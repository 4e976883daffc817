"""What people decide about measuring points."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.law import limit
from kuangan.mine.actions.placement import FACE, PLACE, face_from, named_since, settle_points, spells_of
from kuangan.mine.models import DefinitionChange, Face, Mine, Point
from kuangan.mine.spells import Settled, Spell


@transaction.atomic
def confirm_place(
    *, actor: User, point: Point, place: str, face: Face | None = None, at: datetime | None = None
) -> Point:
    """Confirm which place of the law a methane point stands at; its set-points follow from then on.

    Refused: a place that the limits in force do not know, or a face of another mine.
    """
    moment = at or clock.now()
    _require_place(place, moment)
    _require_own_face(point.mine_id, face)
    content = {
        "before": point.place,
        "after": place,
        "place_text": point.place_text,
        "face": face.name if face else None,
    }
    since = named_since([point])[point.pk]
    if face is not None:
        settle_points({point: face_from(face, since, "", actor)}, moment)
    settle_points({point: Settled(moment, PLACE, place=place, by=actor.pk)}, moment)
    record(actor=actor, action="place_confirmed", subject=point, data=content, at=moment)
    return point


@transaction.atomic
def set_faces(
    *,
    actor: User | None,
    mine: Mine,
    faces: Mapping[str, Face],
    from_at: datetime | None = None,
    basis: str = "",
    at: datetime | None = None,
) -> None:
    """Say at which faces points of a mine stand, by their codes, from a moment on.

    Without a moment: a point of which nobody has said it yet, since the mine has named it so; others from now on.
    Refused: a face of another mine; a code that the mine has not sent; a moment to come.
    """
    moment = at or clock.now()
    points = {point.native_code: point for point in Point.objects.filter(mine=mine, native_code__in=faces)}
    unknown = sorted({*faces} - {*points})
    if unknown:
        raise Refused(f"{mine.name}没有测点“{unknown[0]}”，请核对测点编码。")
    for face in faces.values():
        _require_own_face(mine.pk, face)
    if from_at is not None and from_at > moment:
        raise Refused("测点归属的起始时间不能晚于当前时间。")
    since = named_since(points.values())
    settled = {
        point: face_from(faces[code], from_at or (since[point.pk] if point.faced_at is None else moment), basis, actor)
        for code, point in points.items()
    }
    settle_points(settled, moment)
    content = {"faces": {code: face.name for code, face in faces.items()}, "from_at": from_at, "basis": basis}
    record(actor=actor, action="points_face_assigned", subject=mine, data=content, at=moment)


@transaction.atomic
def move_point(*, actor: User, point: Point, face: Face | None, from_at: datetime, basis: str, at: datetime) -> Point:
    """From a moment on a point stands at another face, or at none. Refused: a face of another mine, a moment before its first reading, no change."""
    _require_own_face(point.mine_id, face)
    if face is not None and face.ended_on is not None and clock.civil_date(from_at) >= face.ended_on:
        raise Refused(f"工作面“{face.name}”已于{face.ended_on}结束，该日以后测点不能归属该工作面。")
    since = max(from_at, point.first_seen_at)
    content: dict[str, Any] = {
        "before": point.face.name if point.face else None,
        "after": face.name if face else None,
    }
    if not settle_points({point: face_from(face, since, basis, actor)}, at):
        raise Refused(f"“{point}”自该日起已{f'归属{face.name}' if face else '不归属工作面'}，无须变更。")
    content |= {"from_at": since, "basis": basis}
    record(actor=actor, action="point_face_assigned", subject=point, data=content, at=at)
    return point


def spells_told(point: Point) -> list[list[Any]]:
    """Where the point stood, as :func:`restore_point` takes it."""
    return [
        [
            spell.face,
            spell.place,
            spell.from_at.isoformat(),
            spell.to_at and spell.to_at.isoformat(),
            spell.basis,
            spell.by,
        ]
        for spell in spells_of([point])[point.pk]
    ]


@transaction.atomic
def restore_point(*, actor: User, point: Point, spells: Sequence[Sequence[Any]], at: datetime) -> Point:
    """Let the faces of a point be as they were; what was said of its place since stays."""
    told = [
        Spell(face, place, datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None, basis, by)
        for face, place, begin, end, basis, by in spells
    ]
    settle_points({point: face_from(None, point.first_seen_at, "变更已更正", actor)}, at)
    for spell in told:
        settle_points({point: Settled(spell.from_at, FACE, face=spell.face, basis=spell.basis, by=spell.by)}, at)
        if spell.to_at is not None:
            settle_points({point: face_from(None, spell.to_at, spell.basis, None)}, at)
    record(actor=actor, action="point_face_restored", subject=point, data={"spells": len(told)}, at=at)
    return point


@transaction.atomic
def place_points(
    *,
    actor: User,
    mine: Mine,
    wanted: Mapping[Point, tuple[Face | None, str]],
    basis: str = "",
    at: datetime | None = None,
) -> int:
    """Confirm face and place of points that somebody has looked at; a face of None or a place of "" stays open. Returns how many changed.

    Refused: a face of another mine, a place that the limits in force do not know.
    """
    moment = at or clock.now()
    for face, place in wanted.values():
        _require_own_face(mine.pk, face)
        if place:
            _require_place(place, moment)
    since = named_since(wanted)
    faces = {
        point: face_from(face, since[point.pk] if point.faced_at is None else moment, basis, actor)
        for point, (face, _) in wanted.items()
        if face is not None
    }
    places = {
        point: Settled(moment, PLACE, place=place, basis=basis, by=actor.pk)
        for point, (_, place) in wanted.items()
        if place
    }
    changed = {*settle_points(faces, moment), *settle_points(places, moment)}
    content = {
        point.native_code: {"face": face.name if face else None, "place": place}
        for point, (face, place) in wanted.items()
    }
    record(actor=actor, action="points_placed", subject=mine, data={"points": content, "basis": basis}, at=moment)
    return len(changed)


@transaction.atomic
def refuse_proposals(
    *, actor: User, mine: Mine, refused: Mapping[Point, tuple[Face | None, str]], at: datetime
) -> None:
    """What the text of these points suggests is wrong: it is not proposed again as long as the mine names them so."""
    for point, (face, place) in refused.items():
        point.refused_face, point.refused_place = face or point.refused_face, place or point.refused_place
    Point.objects.bulk_update(refused, ["refused_face", "refused_place"], batch_size=500)
    content = {
        point.native_code: {"face": face.name if face else None, "place": place}
        for point, (face, place) in refused.items()
    }
    record(actor=actor, action="point_proposals_refused", subject=mine, data={"points": content}, at=at)


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


def _require_own_face(mine: int, face: Face | None) -> None:
    if face is not None and face.mine_id != mine:
        raise Refused(f"工作面“{face.name}”不属于测点所在煤矿。")


def _require_place(place: str, at: datetime) -> None:
    if place not in limit.places("ch4", clock.civil_date(at)):
        raise Refused(f"地点类别“{place}”不在现行甲烷设点表中，请从所列地点中选择。")
