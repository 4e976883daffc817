"""Working faces: planned, started, ended with their points released, sealed; districts and levels end and are sealed, too."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.mine.actions.placement import face_from, settle_points
from kuangan.mine.models import District, Face, FaceKind, Level, Mine, Point


@transaction.atomic
def add_face(
    *,
    actor: User | None,
    mine: Mine,
    kind: str,
    name: str,
    started_on: date | None = None,
    planned_on: date | None = None,
    district: District | None = None,
    at: datetime | None = None,
) -> Face:
    """Add a working face that has started, or is planned to. Refused: unknown kind, the name exists, the district is another mine's or has ended."""
    if kind not in FaceKind.values:
        raise Refused(f"工作面类别“{kind}”无效，应为{'或'.join(FaceKind.labels)}。")
    _require_free(mine, name)
    _require_district(mine, district)
    if started_on is None and planned_on is None:
        raise Refused("请填写工作面的开始日期，尚未开始的填写计划开始日期。")
    face = Face.objects.create(
        mine=mine, kind=kind, name=name, started_on=started_on, planned_on=planned_on, district=district
    )
    content = {"kind": kind, "name": name, "started_on": started_on, "district": district.name if district else None}
    if planned_on is not None:
        content["planned_on"] = planned_on
    record(actor=actor, action="face_added", subject=mine, data=content, at=at)
    return face


@transaction.atomic
def start_face(*, actor: User | None, face: Face, started_on: date, at: datetime | None = None) -> Face:
    """A planned face is worked from a day on. Refused: it was started already."""
    if face.started_on is not None:
        raise Refused(f"工作面“{face.name}”已于{face.started_on}开始。")
    _keep(actor, face, "face_started", {"started_on": started_on}, at)
    return face


@transaction.atomic
def end_face(*, actor: User | None, face: Face, ended_on: date, at: datetime | None = None) -> Face:
    """Close a face: `ended_on` is the first day it is no longer worked. Refused: already closed, not started, or before its start.

    Its points are released from that day on and keep their history; nothing is expected of one until it sends again.
    """
    if face.ended_on is not None:
        raise Refused(f"工作面“{face.name}”已于{face.ended_on}结束。")
    if face.started_on is None:
        raise Refused(f"工作面“{face.name}”尚未开始，不能结束；不再安排的请更正计划。")
    if ended_on <= face.started_on:
        raise Refused(f"工作面“{face.name}”的结束日期应晚于开始日期{face.started_on}。")
    moment = at or clock.now()
    released = _release(actor, face, clock.beijing_midnight(ended_on), moment)
    _keep(actor, face, "face_ended", {"ended_on": ended_on}, moment, points=released)
    return face


def _release(actor: User | None, face: Face, since: datetime, at: datetime) -> list[str]:
    """The codes of the points that stood there; a day to come releases none yet, the sweep does on that day."""
    if since > at:
        return []
    points = list(Point.objects.filter(face=face).order_by("native_code"))
    basis = f"{face.name}自{clock.civil_date(since)}起结束"
    settle_points({point: face_from(None, max(since, point.first_seen_at), basis, actor) for point in points}, at)
    Point.objects.filter(pk__in=[point.pk for point in points], dismantled_at=None).update(dismantled_at=at)
    return [point.native_code for point in points]


@transaction.atomic
def release_points(*, face: Face, at: datetime) -> list[str]:
    """The day has come that was said to be the face's first without work: its points are released from then on. Returns their codes."""
    assert face.ended_on is not None
    released = _release(None, face, clock.beijing_midnight(face.ended_on), at)
    content = {"name": face.name, "ended_on": face.ended_on, "points": released}
    record(actor=None, action="face_points_released", subject=face.mine, data=content, at=at)
    return released


@transaction.atomic
def reopen_face(*, actor: User | None, face: Face, at: datetime) -> Face:
    """The end of a face was said wrongly: it goes on, and its points stand there as before. Refused: it has not ended, or is sealed."""
    if face.ended_on is None:
        raise Refused(f"工作面“{face.name}”没有结束，无须恢复。")
    if face.sealed_on is not None:
        raise Refused(f"工作面“{face.name}”已于{face.sealed_on}封闭，请先更正封闭。")
    since = clock.beijing_midnight(face.ended_on)
    stood = Q(placements__face=face, placements__to_at=since)
    points = list(Point.objects.filter(stood, mine=face.mine, face=None).distinct())
    settle_points({point: face_from(face, since, "更正工作面结束", actor) for point in points}, at)
    Point.objects.filter(pk__in=[point.pk for point in points]).update(dismantled_at=None)
    _keep(actor, face, "face_reopened", {"ended_on": None}, at, points=[point.native_code for point in points])
    return face


@transaction.atomic
def seal_face(*, actor: User | None, face: Face, sealed_on: date, at: datetime | None = None) -> Face:
    """A face that has ended is sealed off. Refused: it has not ended by that day, or is sealed already."""
    _require_sealable(face.name, face.ended_on, face.sealed_on, sealed_on)
    _keep(actor, face, "face_sealed", {"sealed_on": sealed_on}, at)
    return face


@transaction.atomic
def unseal_face(*, actor: User | None, face: Face, at: datetime) -> Face:
    """The sealing was said wrongly. Refused: it is not sealed."""
    if face.sealed_on is None:
        raise Refused(f"工作面“{face.name}”没有登记封闭。")
    _keep(actor, face, "face_unsealed", {"sealed_on": None}, at)
    return face


@transaction.atomic
def plan_again(*, actor: User | None, face: Face, at: datetime) -> Face:
    """The start of a planned face was said wrongly. Refused: it was never planned, has ended, or points stand at it."""
    if face.planned_on is None or face.ended_on is not None:
        raise Refused(f"工作面“{face.name}”没有计划，或者已经结束，不能恢复为计划。")
    _require_unused(face)
    _keep(actor, face, "face_planned_again", {"started_on": None}, at)
    return face


@transaction.atomic
def drop_face(*, actor: User | None, face: Face, at: datetime) -> None:
    """A face that was entered wrongly is taken off the register. Refused where points stood at it or it has ended."""
    _require_unused(face)
    if face.ended_on is not None:
        raise Refused(f"工作面“{face.name}”已经结束，不能撤销登记。")
    record(actor=actor, action="face_dropped", subject=face.mine, data={"name": face.name}, at=at)
    face.delete()


def _require_unused(face: Face) -> None:
    if face.placements.exists():
        raise Refused(f"已有测点归属工作面“{face.name}”，不能撤销，请先变更测点归属。")


@transaction.atomic
def correct_face(
    *,
    actor: User | None,
    face: Face,
    name: str,
    district: District | None,
    planned_on: date | None = None,
    at: datetime | None = None,
) -> Face:
    """Another name, district or planned day. Refused as :func:`add_face`."""
    if name != face.name:
        _require_free(face.mine, name)
    _require_district(face.mine, district)
    if planned_on is None and face.started_on is None:
        raise Refused("尚未开始的工作面须有计划开始日期。")
    before = {"name": face.name, "district": face.district.name if face.district else None}
    face.name, face.district, face.planned_on = name, district, planned_on
    face.save(update_fields=["name", "district", "planned_on"])
    content = {"before": before, "name": name, "district": district.name if district else None}
    record(actor=actor, action="face_corrected", subject=face.mine, data=content, at=at)
    return face


@transaction.atomic
def end_district(*, actor: User | None, district: District, ended_on: date, at: datetime | None = None) -> District:
    """No face of the district is worked any more. Refused: it has ended, or one is still worked or planned."""
    if district.ended_on is not None:
        raise Refused(f"采（盘）区“{district.name}”已于{district.ended_on}结束。")
    open_face = Face.objects.filter(Q(ended_on=None) | Q(ended_on__gt=ended_on), district=district).first()
    if open_face is not None:
        raise Refused(f"采（盘）区“{district.name}”尚有工作面“{open_face.name}”未结束，请先办理该工作面。")
    district.ended_on = ended_on
    district.save(update_fields=["ended_on"])
    _record_part(actor, district, "district_ended", {"ended_on": ended_on}, at)
    return district


@transaction.atomic
def seal_district(*, actor: User | None, district: District, sealed_on: date, at: datetime | None = None) -> District:
    """A district that has ended is sealed off. Refused as :func:`seal_face`."""
    _require_sealable(district.name, district.ended_on, district.sealed_on, sealed_on)
    district.sealed_on = sealed_on
    district.save(update_fields=["sealed_on"])
    _record_part(actor, district, "district_sealed", {"sealed_on": sealed_on}, at)
    return district


@transaction.atomic
def end_level(*, actor: User | None, level: Level, ended_on: date, at: datetime | None = None) -> Level:
    """No district of the horizon is worked any more. Refused: it has ended, or a district of it has not."""
    if level.ended_on is not None:
        raise Refused(f"水平“{level.name}”已于{level.ended_on}结束。")
    worked = level.districts.filter(Q(ended_on=None) | Q(ended_on__gt=ended_on)).first()
    if worked is not None:
        raise Refused(f"水平“{level.name}”尚有采（盘）区“{worked.name}”未结束，请先办理该采（盘）区。")
    level.ended_on = ended_on
    level.save(update_fields=["ended_on"])
    _record_part(actor, level, "level_ended", {"ended_on": ended_on}, at)
    return level


@transaction.atomic
def reopen_part_of(*, actor: User | None, part: District | Level, sealed_only: bool, at: datetime) -> None:
    """The end (or only the sealing) of a district or level was said wrongly. Refused for the end of what is sealed."""
    sealed = isinstance(part, District) and part.sealed_on is not None
    if sealed and not sealed_only:
        raise Refused(f"采（盘）区“{part.name}”已封闭，请先更正封闭。")
    name = "sealed_on" if sealed_only else "ended_on"
    setattr(part, name, None)
    part.save(update_fields=[name])
    record(actor=actor, action="part_reopened", subject=part.mine, data={"name": part.name, "again": name}, at=at)


def _keep(
    actor: User | None, face: Face, action: str, days: dict[str, date | None], at: datetime | None, **more: Any
) -> None:
    for name, day in days.items():
        setattr(face, name, day)
    face.save(update_fields=[*days])
    record(actor=actor, action=action, subject=face.mine, data={"name": face.name, **days, **more}, at=at)


def _record_part(
    actor: User | None, part: District | Level, action: str, days: dict[str, date], at: datetime | None
) -> None:
    record(actor=actor, action=action, subject=part.mine, data={"name": part.name, **days}, at=at)


def _require_free(mine: Mine, name: str) -> None:
    if Face.objects.filter(mine=mine, name=name).exists():
        raise Refused(f"{mine.name}已有工作面“{name}”。")


def _require_district(mine: Mine, district: District | None) -> None:
    if district is not None and district.mine_id != mine.pk:
        raise Refused(f"采（盘）区“{district.name}”不属于{mine.name}。")
    if district is not None and district.ended_on is not None:
        raise Refused(f"采（盘）区“{district.name}”已于{district.ended_on}结束，不能再布置工作面。")


def _require_sealable(name: str, ended_on: date | None, sealed_on: date | None, day: date) -> None:
    if sealed_on is not None:
        raise Refused(f"“{name}”已于{sealed_on}封闭。")
    if ended_on is None or day < ended_on:
        raise Refused(f"“{name}”在{day}尚未结束，请先办理结束，再登记封闭。")
