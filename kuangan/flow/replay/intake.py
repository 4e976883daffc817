"""The ingest engine in this process, for replays and the demonstration's history: the same journal, fold and rows."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from kuangan.monitor.ingest.arrival import Arrival
from kuangan.monitor.ingest.care import CHECKPOINT_AFTER, Care
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.journal import Journal
from kuangan.monitor.recovery.start import recover


class ReplayIntake:
    """Takes files of mines as the ingest service does; only one process may. Raises ``JournalError`` when another has it."""

    def __init__(self, root: Path) -> None:
        self._journal = Journal.open(root / "journal")
        try:
            self.engine = Engine(root, threading.Event())
            recover(self.engine, self._journal)
            self._care = Care(self.engine, root)
            self._growing_since: dict[str, datetime] = {}
        except BaseException:
            self._journal.close()
            raise

    def take_all(self, files: Sequence[tuple[str, str, bytes, datetime]], received_at: datetime) -> None:
        """Journal these files (mine code, name, content, own time), wait until they are on disk, judge them in order.

        The rows follow with :meth:`commit` or :meth:`settle`.
        """
        received = int(received_at.timestamp())
        kept = [(self._journalled(*file, received), *file) for file in files]
        for future, mine, name, body, file_at in kept:
            self.engine.take(Arrival(future.result(), mine, name, int(file_at.timestamp()), received, body))

    def _journalled(self, mine: str, name: str, body: bytes, file_at: datetime, received_at: int) -> Future[int]:
        kind, at = name.split("_")[1], int(file_at.timestamp())
        return self._journal.append(
            mine=mine, type=kind, body=body, source_at=at, file_at=at, received_at=received_at, name=name
        )

    def settle(self, at: datetime) -> None:
        """Write what was taken, make over-limits final that can get no further rise, and write histories that have grown."""
        self.engine.commit()
        self._care.settle(at)
        self._write_histories(at)

    def _write_histories(self, at: datetime) -> None:
        """As often as the ingest service does, but by the moved clock: a curve is looked at while hardly any real time passes."""
        self._growing_since = {mine: self._growing_since.get(mine, at) for mine in self.engine.dirty}
        for mine, since in list(self._growing_since.items()):
            if (at - since).total_seconds() >= CHECKPOINT_AFTER:
                self.engine.checkpoint(mine)
                del self._growing_since[mine]

    def commit(self, at: datetime) -> None:
        """As :meth:`settle`, and do what else the clock asks for: silences, checkpoints, a day's chores."""
        self.engine.commit()
        self._care.tick(at)

    def close(self) -> None:
        """Leave history, snapshots and cursor as the ingest service expects to find them."""
        self.engine.commit()
        for mine in list(self.engine.dirty):
            self.engine.checkpoint(mine)
        self.engine.save_cursor()
        self._journal.close()
