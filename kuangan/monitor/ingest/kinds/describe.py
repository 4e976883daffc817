"""What files of definitions and declared alarms say about a mine's points, taken over into the database."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from kuangan.base import clock
from kuangan.mine.actions import upsert_definitions
from kuangan.mine.definitions import Definition
from kuangan.monitor.database import patiently
from kuangan.monitor.feeds import Declarations, DefinitionRecord, Definitions, PointText
from kuangan.monitor.feeds.fields import CUT
from kuangan.monitor.feeds.registry import MOST_POINTS
from kuangan.monitor.ingest.book import Books, MineBook
from kuangan.monitor.ingest.convert import declaration_of, definition_of
from kuangan.monitor.ingest.pipeline import NEW_A_DAY, NEW_A_FILE
from kuangan.monitor.ingest.rows import DeclarationRow

_SAFETY: Final = frozenset({"01", "02"})
_TYPES: Final = frozenset(
    f"{number:04d}" for span in ((1, 54), (1001, 1016), (3001, 3006), (4001, 4003)) for number in range(*span)
)
"""传感器类型编码 of the systems 01 安全监控 and 02 瓦斯抽放."""
_SHOWN: Final = 5


class Describer:
    """Takes over what mines say about their points. One thread uses it."""

    def __init__(self, books: Books, stop: threading.Event, refresh: Callable[[str], None]) -> None:
        self._books = books
        self._stop = stop
        self._refresh = refresh
        self._fresh: dict[str, tuple[str, int]] = {}

    def define(self, mine: str, definitions: Definitions, source: str) -> tuple[str, ...]:
        """Take over a file of definitions; what is wrong with its codes, in words."""
        book = self._books.of(mine)
        at = datetime.fromtimestamp(definitions.header.at, UTC)
        points, refused = self._admitted(mine, book, definitions.points)
        wanted = [_known_place(definition_of(point), book) for point in points]
        upserted = patiently(
            lambda: upsert_definitions(actor=None, mine=book.mine, definitions=wanted, source=source, at=at), self._stop
        )
        if upserted.defined or upserted.created:
            self._refresh(mine)
        doubts = [doubt for point in points if (doubt := doubtful_codes(point))]
        more = (f"另有 {len(doubts) - _SHOWN} 个测点编码存疑",) if len(doubts) > _SHOWN else ()
        too_many = (f"新测点过多，有 {refused} 个未登记",) if refused else ()
        return (*doubts[:_SHOWN], *more, *too_many)

    def declare(self, mine: str, declared: Declarations, received_at: int, seq: int) -> list[DeclarationRow]:
        """The rows of a file of declared alarms; points never seen before are registered first, as many as may be."""
        book = self._books.of(mine)
        fresh = {alarm.code for alarm in declared.alarms if alarm.code not in book.points}
        barred = set(sorted(fresh)[max(0, self._room(mine, book)) :])
        alarms = [alarm for alarm in declared.alarms if alarm.code not in barred]
        self._count(mine, len(fresh - barred))
        texts = [PointText(-1, alarm.code, alarm.type_name, alarm.place, alarm.unit) for alarm in alarms]
        book = self._books.register(mine, texts, datetime.fromtimestamp(received_at, UTC))
        declarations = [
            declaration_of(alarm, book.mine.pk, book.entry_of(alarm.code).id, received_at, seq) for alarm in alarms
        ]
        return [declaration for declaration in declarations if declaration.point_id]

    def _admitted(
        self, mine: str, book: MineBook, points: Sequence[DefinitionRecord]
    ) -> tuple[list[DefinitionRecord], int]:
        """The definitions of known points and of as many new ones as may be, and how many were left out."""
        room = max(0, self._room(mine, book))
        fresh: dict[str, None] = dict.fromkeys(point.code for point in points if point.code not in book.points)
        barred = set(list(fresh)[room:])
        self._count(mine, len(fresh) - len(barred))
        return [point for point in points if point.code not in barred], len(barred)

    def _room(self, mine: str, book: MineBook) -> int:
        today = clock.civil_date(clock.now()).isoformat()
        day, used = self._fresh.get(mine, (today, 0))
        if day != today:
            self._fresh[mine] = (today, 0)
            used = 0
        return min(NEW_A_FILE, NEW_A_DAY - used, MOST_POINTS - len(book.points))

    def _count(self, mine: str, fresh: int) -> None:
        today = clock.civil_date(clock.now()).isoformat()
        day, used = self._fresh.get(mine, (today, 0))
        self._fresh[mine] = (today, fresh + (used if day == today else 0))


def _known_place(definition: Definition, book: MineBook) -> Definition:
    """A place of which a character was cut is no news: a known point stays where it is."""
    entry = book.points.get(definition.native_code)
    if entry is None or CUT not in definition.place_text:
        return definition
    return replace(definition, place_text=entry.place_text)


def doubtful_codes(point: DefinitionRecord) -> str:
    """What of a point's codes the table does not know or the point's own code contradicts, in words; empty: nothing."""
    faults = []
    if point.system in _SAFETY and point.sensor_type not in _TYPES:
        faults.append(f"传感器类型“{point.sensor_type}”不在编码表中")
    own = (point.code[12:14], point.code[14:16], point.code[16:20])
    if own[1] in {"MN", "KG", "LJ", "DT"}:
        said = (point.system, point.kind, point.sensor_type)
        words = ("系统编码", "数值类型", "传感器类型")
        faults += [
            f"{word}“{here}”与测点编码中的“{there}”不一致"
            for word, here, there in zip(words, said, own, strict=True)
            if here != there
        ]
    return f"测点 {point.code}（{point.place}）{'，'.join(faults)}" if faults else ""
