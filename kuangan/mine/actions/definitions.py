"""Taking over what mines say about their points: dated, never overwritten, every change of a set-point recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import record
from kuangan.core.models import User
from kuangan.law.place import propose_place
from kuangan.mine.actions.placement import BOTH, PLACE, settle_points
from kuangan.mine.definitions import WATCHED, Definition, senses_methane
from kuangan.mine.models import AttributeName, DefinitionChange, Face, Mine, Point, PointDefinition
from kuangan.mine.proposals import face_named
from kuangan.mine.queries.attributes import attributes_on
from kuangan.mine.spells import Settled

_OF_THE_POINT = {"native_code", "system", "sensor_type", "value_kind", "station"}
MOVED = "煤矿上报安装位置变更"
_DATED = tuple(part.name for part in fields(Definition) if part.name not in _OF_THE_POINT)


@dataclass
class Upserted:
    """What a file of definitions changed."""

    created: list[Point] = field(default_factory=list)
    defined: int = 0
    changes: list[DefinitionChange] = field(default_factory=list)
    moved: dict[Point, datetime] = field(default_factory=dict)
    """Points that stand elsewhere now, and since when."""


class _Grades(NamedTuple):
    """What a mine is, as far as the places of its points depend on it; empty: not on file."""

    gas: str
    rock_burst: str


@transaction.atomic
def upsert_definitions(
    *, actor: User | None, mine: Mine, definitions: Sequence[Definition], source: str, at: datetime
) -> Upserted:
    """Take over the definitions of one file whose own time is `at`.

    A definition is added only where it differs from the one in force at `at`; an older file is filed into the past and
    leaves the present alone. A changed set-point, range, unit or place adds a `DefinitionChange`; a moved point loses
    its confirmed place. The last of two definitions of one point in a file wins.
    """
    wanted = {item.native_code: item for item in definitions}
    result = Upserted()
    points = _points(mine, wanted, at, result)
    known = _known(points.values())
    added: list[PointDefinition] = []
    for code, item in wanted.items():
        _file_definition(points[code], item, known.get(points[code].pk, []), added, result, source, at)
    PointDefinition.objects.bulk_create(added, ignore_conflicts=True)
    DefinitionChange.objects.bulk_create(result.changes, ignore_conflicts=True)
    _unplace(mine, result.moved)
    result.defined = len(added)
    if added or result.created:
        content = {
            "source": source,
            "file_at": at,
            "created": len(result.created),
            "defined": len(added),
            "changed": [{"point": change.point.native_code, **_differing(change)} for change in result.changes],
        }
        record(actor=actor, action="definitions_received", subject=mine, data=content)
    return result


@transaction.atomic
def register_points(*, mine: Mine, definitions: Sequence[Definition], at: datetime) -> list[Point]:
    """Make rows for points that send readings before any definition of theirs arrived; returns the new ones."""
    result = Upserted()
    _points(mine, {item.native_code: item for item in definitions}, at, result)
    return result.created


def _points(mine: Mine, wanted: Mapping[str, Definition], at: datetime, result: Upserted) -> dict[str, Point]:
    points = {point.native_code: point for point in Point.objects.filter(mine=mine, native_code__in=wanted)}
    grades = _grades(mine, at)
    fresh = [_fresh(mine, item, grades, at) for code, item in wanted.items() if code not in points]
    result.created = Point.objects.bulk_create(fresh)
    return points | {point.native_code: point for point in result.created}


def _fresh(mine: Mine, item: Definition, grades: _Grades, at: datetime) -> Point:
    return Point(
        mine=mine,
        native_code=item.native_code,
        system=item.system,
        sensor_type=item.sensor_type,
        value_kind=item.value_kind,
        unit=item.unit,
        station=item.station,
        place_text=item.place_text,
        place_proposed=_proposed(item, grades),
        decimals=2 if item.value_kind in {"MN", "LJ"} else 0,
        first_seen_at=at,
    )


def _proposed(item: Definition, grades: _Grades) -> str:
    if not senses_methane(item.system, item.sensor_type, item.value_kind):
        return ""
    proposal = propose_place(item.place_text, item.sensor_type, grades.gas, grades.rock_burst)
    return proposal.place if proposal else ""


def _grades(mine: Mine, at: datetime) -> _Grades:
    known = attributes_on([mine], clock.civil_date(at)).get(mine.pk, {})
    return _Grades(known.get(AttributeName.gas_grade, ""), known.get(AttributeName.rock_burst, ""))


def _known(points: Any) -> dict[int, list[PointDefinition]]:
    """All definitions of the points, oldest first."""
    known: dict[int, list[PointDefinition]] = {}
    definitions = PointDefinition.objects.filter(point__in=list(points)).order_by("valid_from")
    for definition in definitions:
        known.setdefault(definition.point_id, []).append(definition)
    return known


def _file_definition(
    point: Point,
    item: Definition,
    known: Sequence[PointDefinition],
    added: list[PointDefinition],
    result: Upserted,
    source: str,
    at: datetime,
) -> None:
    before = next((definition for definition in reversed(known) if definition.valid_from <= at), None)
    after = next((definition for definition in known if definition.valid_from > at), None)
    definition = PointDefinition(
        point=point, valid_from=at, source=source, **{name: getattr(item, name) for name in _DATED}
    )
    if before is not None and not _differs(before, definition, _DATED):
        if after is None:
            _refresh(point, item, at, result)
        return
    added.append(definition)
    if before is not None:
        _note_change(point, before, definition, result, source)
    if after is not None:
        _note_change(point, definition, after, result, after.source)
    else:
        _refresh(point, item, at, result)


def _note_change(point: Point, before: PointDefinition, after: PointDefinition, result: Upserted, source: str) -> None:
    names = _differs(before, after, WATCHED)
    if names:
        change = DefinitionChange(
            point=point,
            at=after.valid_from,
            before={name: _plain(getattr(before, name)) for name in names},
            after={name: _plain(getattr(after, name)) for name in names},
            source=source,
        )
        result.changes.append(change)


def _refresh(point: Point, item: Definition, at: datetime, result: Upserted) -> None:
    """Bring the present state of the point's row up to its newest definition."""
    now = {name: getattr(item, name) for name in ("unit", "station", "place_text")}
    moved = point.place_text != item.place_text
    if not moved and all(getattr(point, name) == value for name, value in now.items()):
        return
    for name, value in now.items():
        setattr(point, name, value)
    changed = list(now)
    if moved:
        point.place_proposed = _proposed(item, _grades(point.mine, clock.now()))
        point.refused_face, point.refused_place = None, ""
        changed += ["place_proposed", "refused_face", "refused_place"]
        result.moved[point] = at
    point.save(update_fields=changed)


def _unplace(mine: Mine, moved: Mapping[Point, datetime]) -> None:
    """What was confirmed about a point that stands elsewhere now ends with the move; its face only where the new text names another or none."""
    if not moved:
        return
    faces = list(Face.objects.filter(mine=mine))
    settled = {}
    for point, since in moved.items():
        named = face_named(point.place_text, faces, point.place_proposed)
        stays = named is not None and named.pk == point.face_id
        settled[point] = Settled(since, PLACE if stays else BOTH, basis=MOVED)
    settle_points(settled, clock.now())


def _differs(before: PointDefinition, after: PointDefinition, names: Sequence[str]) -> list[str]:
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _differing(change: DefinitionChange) -> dict[str, Any]:
    return {"before": change.before, "after": change.after, "at": change.at}


def _plain(value: Any) -> str | None:
    return None if value is None else str(value.normalize() if hasattr(value, "normalize") else value)
