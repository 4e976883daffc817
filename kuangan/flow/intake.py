"""The ingest engine in this process, for replays and the demonstration's history: the same journal, fold and rows."""

import threading
from datetime import datetime
from pathlib import Path

from kuangan.monitor.ingest import Arrival, Engine
from kuangan.monitor.ingest_care import Care
from kuangan.monitor.ingest_consumer import recover
from kuangan.monitor.journal import Journal


class Intake:
    """Takes files of mines as the ingest service does; only one process may. Raises ``JournalError`` when another has it."""

    def __init__(self, root: Path) -> None:
        self._journal = Journal.open(root / "journal")
        try:
            self.engine = Engine(root, threading.Event())
            recover(self.engine, root / "journal")
            self._care = Care(self.engine, root)
        except BaseException:
            self._journal.close()
            raise

    def take(self, mine: str, name: str, body: bytes, *, file_at: datetime, received_at: datetime) -> None:
        """Journal one file, wait until it is on disk, judge it. The rows follow with :meth:`commit`."""
        kind = name.split("_")[1]
        at, received = int(file_at.timestamp()), int(received_at.timestamp())
        future = self._journal.append(
            mine=mine, type=kind, body=body, source_at=at, file_at=at, received_at=received, name=name
        )
        self.engine.take(Arrival(future.result(), mine, name, at, received, body))

    def commit(self, at: datetime) -> None:
        """Write what was taken and do what is due by the clock at ``at``: final episodes, silences, checkpoints."""
        self.engine.commit()
        self._care.tick(at)

    def close(self) -> None:
        """Leave history, snapshots and cursor as the ingest service expects to find them."""
        self.engine.commit()
        for mine in list(self.engine.dirty):
            self.engine.checkpoint(mine)
        self.engine.save_cursor()
        self._journal.close()
