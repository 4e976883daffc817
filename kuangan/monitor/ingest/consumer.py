"""The thread that owns the engine: first what a crash left in the journal, then file by file what arrives."""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

from django.db import connections

from kuangan.base import clock
from kuangan.core.queries.local_answers import keep_up
from kuangan.monitor import warm_up
from kuangan.monitor.database import Stopping, patiently
from kuangan.monitor.door.senders import Senders
from kuangan.monitor.ingest.arrival import Arrival
from kuangan.monitor.ingest.care import Care
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.journal import Journal
from kuangan.monitor.recovery.apart import Again
from kuangan.monitor.recovery.journal import JournalWatch
from kuangan.monitor.recovery.start import recover

_log = logging.getLogger(__name__)

GROUP_FILES = 256
GROUP_BYTES = 32 << 20
TICK_SECONDS = 1.0
WARM_UP_AFTER = 15.0
"""Seconds after the start, which has better things to do: then what judges the first file is made ready, if none came yet."""


class Consumer(threading.Thread):
    """Takes arrivals from `queue` until None comes; `taken` is told of every group of files that is in the database."""

    def __init__(
        self,
        root: Path,
        journal: Journal,
        senders: Senders,
        stop: threading.Event,
        taken: Callable[[Sequence[Arrival]], None],
        again: Callable[[Sequence[Again]], None],
        ended: Callable[[], None],
    ) -> None:
        super().__init__(name="ingest", daemon=True)
        self.queue: SimpleQueue[Arrival | None] = SimpleQueue()
        self.ready = threading.Event()
        self.failed = False
        self.written = 0
        self._root = root
        self._journal = journal
        self._senders = senders
        self._stop_event = stop
        self._taken = taken
        self._again = again
        self._ended = ended
        self._care: Care | None = None

    def run(self) -> None:
        """Recover, then work until told to end; `failed` when it ended by an error."""
        try:
            patiently(keep_up, self._stop_event)
            engine = Engine(self._root, self._stop_event)
            recover(engine, self._journal)
            self.written = engine.written
            self.ready.set()
            self._work(engine, Care(engine, self._root, self._again))
        except Stopping:
            _log.info("数据接入停止时数据库不可用；尚未入库的文件将在下次启动时从接收日志补入")
        except Exception:  # noqa: BLE001  (whatever it is, the service must end and be started again)
            _log.exception("the ingest thread ended")
            self.failed = True
        finally:
            connections.close_all()
            self._ended()

    @property
    def fault(self) -> str:
        """Why no further file may be taken now, in Chinese; empty when all is well."""
        return self._care.fault if self._care is not None else ""

    @property
    def compared(self) -> bool:
        """Whether history and journal were compared with their lists since the start."""
        return self._care is not None and self._care.compared

    def _work(self, engine: Engine, care: Care) -> None:
        self._care, watch = care, JournalWatch(self._journal, engine.stop)
        next_tick = time.monotonic()
        warm_at = next_tick + WARM_UP_AFTER
        ending = False
        while not ending:
            group, ending = self._group(max(0.0, next_tick - time.monotonic()))
            for arrival in group:
                engine.take(arrival)
            engine.commit()
            self.written = engine.written
            if group:
                self._taken(group)
            if time.monotonic() >= next_tick and not ending:
                patiently(keep_up, engine.stop)
                self._senders.refresh()
                watch.look(clock.now())
                engine.clock.look()
                care.tick(clock.now())
                if time.monotonic() >= warm_at:
                    warm_up.begin()
                    warm_at = math.inf
                next_tick = time.monotonic() + TICK_SECONDS
        care.checkpoint_all()

    def _group(self, patience: float) -> tuple[list[Arrival], bool]:
        """What waits, up to a group's size; the flag: nothing will come after it."""
        group: list[Arrival] = []
        size = 0
        while len(group) < GROUP_FILES and size < GROUP_BYTES:
            try:
                arrival = self.queue.get_nowait() if group else self.queue.get(timeout=max(patience, 0.001))
            except Empty:
                break
            if arrival is None:
                return group, True
            group.append(arrival)
            size += len(arrival.content)
        return group, False
