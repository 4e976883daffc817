"""Writing at which face and place points stand: dated spells, and the present in the rows of the points."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from kuangan.core.bulk import insert_rows, update_rows
from kuangan.core.models import User
from kuangan.mine.models import Face, Placement, Point, PointDefinition
from kuangan.mine.spells import Settled, Spell, respelled

FACE: Final = frozenset({"face"})
PLACE: Final = frozenset({"place"})
BOTH: Final = FACE | PLACE
_COLUMNS: Final = {
    "point_id": "bigint",
    "face_id": "bigint",
    "place": "text",
    "from_at": "timestamptz",
    "to_at": "timestamptz",
    "basis": "text",
    "by_id": "bigint",
    "recorded_at": "timestamptz",
}
_PRESENT: Final = {
    "face_id": "bigint",
    "place": "text",
    "place_confirmed_by_id": "bigint",
    "place_confirmed_at": "timestamptz",
    "faced_at": "timestamptz",
}


def settle_points(settled: Mapping[Point, Settled], at: datetime) -> list[Point]:
    """Write it, in a few statements however many points there are; the present of the rows follows. Returns the points that changed.

    In the caller's transaction, which records it.
    """
    known = spells_of(settled)
    for point in settled:
        if point.pk not in known and (point.face_id, point.place) != (None, ""):  # written before spells were kept
            known[point.pk] = [Spell(point.face_id, point.place, point.first_seen_at, None)]
    changed: list[Point] = []
    lines: list[tuple[object, ...]] = []
    for point, said in settled.items():
        spells = respelled(known[point.pk], said)
        if spells == known[point.pk] and not _differs(point, spells):
            continue
        changed.append(point)
        _take_up(point, spells, said, at)
        lines += [
            (point.pk, spell.face, spell.place, spell.from_at, spell.to_at, spell.basis, spell.by, at)
            for spell in spells
        ]
    Placement.objects.filter(point__in=[point.pk for point in changed]).delete()
    insert_rows("mine_placement", _COLUMNS, lines)
    update_rows("mine_point", _PRESENT, [(point.pk, *(getattr(point, name) for name in _PRESENT)) for point in changed])
    return changed


def spells_of(points: Iterable[Point]) -> dict[int, list[Spell]]:
    """The spells of points by key, oldest first; one query."""
    spells: dict[int, list[Spell]] = defaultdict(list)
    placements = Placement.objects.filter(point__in=[point.pk for point in points]).order_by("point_id", "from_at")
    names = ("point_id", "face_id", "place", "from_at", "to_at", "basis", "by_id")
    for key, *said in placements.values_list(*names):
        spells[key].append(Spell(*said))
    return spells


def named_since(points: Collection[Point]) -> dict[int, datetime]:
    """Since when each mine has named a point as it does now: the moment from which a first statement about it holds."""
    since = {point.pk: point.first_seen_at for point in points}
    moved = PointDefinition.objects.filter(point__in=since).order_by("point_id", "valid_from")
    texts = {point.pk: point.place_text for point in points}
    before: dict[int, str] = {}
    for key, text, start in moved.values_list("point_id", "place_text", "valid_from"):
        if text == texts[key] and before.get(key, text) != text:
            since[key] = start
        before[key] = text
    return since


def _differs(point: Point, spells: Sequence[Spell]) -> bool:
    return (point.face_id, point.place) != _present(spells)


def _present(spells: Sequence[Spell]) -> tuple[int | None, str]:
    return spells[-1].says if spells and spells[-1].to_at is None else (None, "")


def _take_up(point: Point, spells: Sequence[Spell], said: Settled, at: datetime) -> None:
    """The present of the point's row."""
    face, place = _present(spells)
    if point.face_id != face:
        point.face_id, point.faced_at = face, at
    if point.place != place or "place" in said.names:
        point.place = place
        point.place_confirmed_by_id, point.place_confirmed_at = (said.by, at) if place else (None, None)


def face_from(face: Face | None, since: datetime, basis: str, by: User | None) -> Settled:
    """That a point stands at a face (None: at none) from a moment on."""
    return Settled(since, FACE, face=face.pk if face else None, basis=basis, by=by.pk if by else None)
