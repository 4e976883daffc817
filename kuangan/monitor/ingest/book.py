"""What the ingest service knows by heart about mines and points, so that judging a file needs no database."""

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from kuangan.base.clock import beijing_midnight, day_after
from kuangan.mine.actions import register_points
from kuangan.mine.definitions import Definition, senses_methane
from kuangan.mine.models import Mine, Point, PointDefinition
from kuangan.monitor.database import Stopping, is_of_the_data, patiently
from kuangan.monitor.feeds import PointText, parse_relations
from kuangan.monitor.fold.types import Limits
from kuangan.monitor.ingest.limits import JudgedPoint, OwnSetPoints, judgement

_log = logging.getLogger(__name__)
_SYSTEM = slice(12, 14)
_KIND = slice(14, 16)
_TYPE = slice(16, 20)
_CUTTING = frozenset({"D", "K"})
"""断电 and 控制 of 传感器关联关系."""
_KINDS = frozenset({"MN", "KG", "LJ", "DT"})


@dataclass(slots=True)
class PointEntry:
    """A point's row as far as ingest needs it; `own` are the mine's set-points from moments on, oldest first."""

    id: int
    place: str
    proposed: str
    methane: bool
    sensor_type: str
    station: str
    face_id: int | None
    place_text: str = ""
    code: str = ""
    dismantled_at: int | None = None
    """Since then it stands no more, until it sends again."""
    own: list[tuple[datetime, OwnSetPoints]] = field(default_factory=list)
    cuts: frozenset[str] = frozenset()
    """Codes that its newest definition relates to it as 断电 or 控制."""

    def own_on(self, day: date) -> OwnSetPoints | None:
        """The mine's newest set-points of a day."""
        end = beijing_midnight(day_after(day))
        return next((own for start, own in reversed(self.own) if start < end), None)


_NOBODY = PointEntry(id=0, place="", proposed="", methane=False, sensor_type="", station="", face_id=None)


@dataclass(slots=True)
class MineBook:
    """A mine and its points by code."""

    mine: Mine
    points: dict[str, PointEntry]
    judged: dict[tuple[str, date], JudgedPoint | None] = field(default_factory=dict)
    feeds: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """By point (row id) the power feeds that must be dead when it cuts; filled as it is asked."""

    def entry_of(self, code: str) -> PointEntry:
        """The entry of a point; one without a row (`id` 0, nothing to judge) for a point the database refused."""
        return self.points.get(key_of(code), _NOBODY)


class Books:
    """The books of all mines, loaded when first asked for. Also the source of limits for the pipeline.

    One thread uses it. Every look at the database waits until the database answers.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._books: dict[str, MineBook] = {}
        self._refused: dict[str, set[str]] = {}
        """Points by mine of which the database takes no row."""

    def of(self, code: str) -> MineBook:
        """The book of a mine that has a file (一矿一册). Raises Mine.DoesNotExist."""
        book = self._books.get(code)
        if book is None:
            book = self._books[code] = patiently(lambda: _load(code), self._stop)
        return book

    def forget(self, code: str) -> None:
        """Read the mine again at the next use."""
        self._books.pop(code, None)

    def register(self, code: str, texts: Iterable[PointText], at: datetime) -> MineBook:
        """The book with a row for each of the points; `at` is when they were first seen."""
        book = self.of(code)
        refused = self._refused.get(code, ())
        missing = [
            as_definition(text)
            for text in texts
            if key_of(text.code) not in book.points and key_of(text.code) not in refused
        ]
        if missing:
            self._register(code, book.mine, missing, at)
            self.forget(code)
            book = self.of(code)
        return book

    def _register(self, code: str, mine: Mine, missing: Sequence[Definition], at: datetime) -> None:
        """Rows for points; what the database refuses is left out, so that the mine's other points go on."""
        try:
            patiently(lambda: register_points(mine=mine, definitions=missing, at=at), self._stop)
        except Exception as error:
            if isinstance(error, Stopping) or not is_of_the_data(error):
                raise
            if len(missing) == 1:
                _log.error("database refuses point %s of mine %s: %s", missing[0].native_code, code, error)
                self._refused.setdefault(code, set()).add(missing[0].native_code)
                return
            half = len(missing) // 2
            self._register(code, mine, missing[:half], at)
            self._register(code, mine, missing[half:], at)

    def limits(self, mine: str, points: Sequence[PointText], on: date) -> Limits:
        """Set-points on a day in registry order; points without row are registered first."""
        book = self.register(mine, points, beijing_midnight(on))
        judged = [self._judged(book, text.code, on) for text in points]
        return Limits.of([limit.limit if limit else None for limit in judged])

    def judged(self, mine: str, code: str, on: date) -> JudgedPoint | None:
        """How a registered point is judged on a day."""
        return self._judged(self.of(mine), code, on)

    def _judged(self, book: MineBook, code: str, on: date) -> JudgedPoint | None:
        key = (code, on)
        if key not in book.judged:
            entry = book.entry_of(code)
            book.judged[key] = judgement(entry.place, entry.proposed, entry.own_on(on), on) if entry.methane else None
        return book.judged[key]


def key_of(code: str) -> str:
    """A point's code as its row keeps it."""
    return code.replace("\0", "")[:80]


def as_definition(text: PointText) -> Definition:
    """What a point's code and a snapshot's words say about it before its definition arrives."""
    code = key_of(text.code)
    kind = code[_KIND]
    return Definition(
        native_code=code,
        system=code[_SYSTEM],
        sensor_type=code[_TYPE],
        value_kind=kind if kind in _KINDS else "DT",
        unit=text.unit.replace("\0", "")[:20],
        place_text=text.place.replace("\0", "")[:200],
    )


def cut_by(relations: str) -> frozenset[str]:
    """The codes that a definition's 关联关系 ties to its point by a relation that cuts power."""
    return frozenset(
        code
        for relation in parse_relations(relations)
        for letter, code in (
            (relation.relation, relation.code),
            (relation.back_relation, relation.back_code),
        )
        if letter in _CUTTING and code
    )


def _load(code: str) -> MineBook:
    mine = Mine.objects.select_related("unit").get(code=code)
    points = {point.native_code: _entry(point) for point in Point.objects.filter(mine=mine)}
    by_id = {entry.id: entry for entry in points.values()}
    for definition in PointDefinition.objects.filter(point__mine=mine).order_by("valid_from"):
        own = OwnSetPoints(definition.alarm, definition.power_off, definition.re_power)
        by_id[definition.point_id].own.append((definition.valid_from.astimezone(UTC), own))
        by_id[definition.point_id].cuts = cut_by(definition.relations)
    return MineBook(mine, points)


def _entry(point: Point) -> PointEntry:
    return PointEntry(
        id=point.pk,
        place=point.place,
        proposed=point.place_proposed,
        methane=senses_methane(point.system, point.sensor_type, point.value_kind),
        sensor_type=point.sensor_type,
        station=point.station,
        face_id=point.face_id,
        place_text=point.place_text,
        code=point.native_code,
        dismantled_at=int(point.dismantled_at.timestamp()) if point.dismantled_at else None,
    )
