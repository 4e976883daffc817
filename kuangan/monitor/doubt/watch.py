"""What follows from what did not come, or came with a wrong time: silences, doubts, files to be taken up again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Self

import numpy as np
import numpy.typing as npt

from kuangan.base import clock
from kuangan.monitor.database import UNREACHABLE, Stopping, is_of_the_data, patiently
from kuangan.monitor.doubt.kinds import CLOCK
from kuangan.monitor.durations import duration
from kuangan.monitor.ingest.book import MineBook
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.ingest.silence import SilenceRow, levels_at, write_silences
from kuangan.monitor.models import SilenceLevel
from kuangan.monitor.recovery.apart import Again

_log = logging.getLogger(__name__)


@contextmanager
def alone(what: str, mine: str) -> Iterator[None]:
    """Work for one mine whose fault must not be that of the others; it is tried again with the next tick.

    What the disk refuses it refuses all mines.
    """
    try:
        yield
    except (Stopping, OSError, *UNREACHABLE) as error:
        if isinstance(error, (Stopping, OSError)) or not is_of_the_data(error):
            raise
        _log.exception("%s failed for mine %s", what, mine)
    except Exception:  # noqa: BLE001  (whatever it is)
        _log.exception("%s failed for mine %s", what, mine)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is expected of the points of a mine, in the order of its codes.

    ``methane``: those that must show something that counts; ``gone``: since when one stands no more, 0 for one that stands.
    """

    book: MineBook
    methane: npt.NDArray[np.bool_]
    gone: npt.NDArray[np.int64]

    @classmethod
    def of(cls, book: MineBook, codes: list[str]) -> Self:
        """As the book says."""
        entries = [book.entry_of(code) for code in codes]
        methane = np.array([entry.methane for entry in entries], np.bool_)
        return cls(book, methane, np.array([entry.dismantled_at or 0 for entry in entries], np.int64))

    def expected(self, newest: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_] | None:
        """Which points must send: not one that was dismantled and has sent nothing since. None: all of them."""
        return newest > self.gone if self.gone.any() else None


class Watch:
    """Called by the clock between groups, by the thread that owns the engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._changed: dict[str, None] = {}
        self._points: dict[str, Watched] = {}

    def tick(self, at: datetime) -> None:
        """Everything that is due at a moment of the product's clock."""
        with alone("telling of clocks", "all"):
            patiently(partial(self._engine.clock.tell, at), self._engine.stop)
        if not self._engine.clock.is_unsure():
            self._listen_for_silence(at)
            self._doubt_clocks(at)
        with alone("telling of doubts", "all"):
            self._engine.doubts.write(at)

    def take_changed(self) -> list[str]:
        """Mines whose silences changed since the last call: a silence that a restart forgets would never end."""
        changed, self._changed = list(self._changed), {}
        return changed

    def due_again(self, at: datetime) -> list[Again]:
        """Files that were set apart and can be taken up now."""
        engine, day = self._engine, clock.civil_date(at)
        within = (
            -int(duration("feed.past_tolerance", day).total_seconds()),
            int(duration("feed.future_tolerance", day).total_seconds()),
        )
        return engine.apart.due(int(at.timestamp()), engine.clock, within, engine.journal)

    def _listen_for_silence(self, at: datetime) -> None:
        after = levels_at(at)[SilenceLevel.warn]
        silences: list[SilenceRow] = []
        for mine in self._engine.mines:
            with alone("listening", mine):
                silences += self._silences(mine, int(at.timestamp()), after)
        patiently(partial(write_silences, silences, at), self._engine.stop)

    def _silences(self, mine: str, second: int, after: int) -> list[SilenceRow]:
        engine = self._engine
        book, codes = engine.books.of(mine), engine.pipeline.live(mine).codes
        points = self._watched(mine, book, codes)
        expected = points.expected(engine.pipeline.live(mine).time)
        changes = engine.pipeline.silence(mine, second, after, expected, heard_at=engine.heard.get(mine, 0))
        hollow = points.methane if expected is None else points.methane & expected
        changes += engine.pipeline.hollow(mine, after, hollow)
        if not changes:
            return []
        self._changed[mine] = None
        keys = [None if change.point < 0 else book.entry_of(codes[change.point]).id for change in changes]
        return [
            SilenceRow(book.mine.pk, key, change.started_at, change.ended_at, change.kind)
            for change, key in zip(changes, keys, strict=True)
            if key != 0
        ]

    def _watched(self, mine: str, book: MineBook, codes: list[str]) -> "Watched":
        """What is expected of the points of a mine."""
        known = self._points.get(mine)
        if known is None or known.book is not book or len(known.methane) != len(codes):
            known = self._points[mine] = Watched.of(book, codes)
        return known

    def _doubt_clocks(self, at: datetime) -> None:
        """Mines whose clock is wrong, or whose data come late all the time."""
        engine = self._engine
        for mine, lead in engine.clock.wrong(int(at.timestamp())).items():
            of = engine.books.of(mine).mine
            word = "超前于" if lead > 0 else "滞后于"
            text = f"{of.name}上传数据的时间{word}接收时间约 {abs(lead) // 60} 分钟，请通知煤矿校准上传主机时钟、检查传输线路。"
            engine.doubts.sign(CLOCK, of, text)
