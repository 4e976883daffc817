"""A mine with a token, and the real engine over a journal in a temporary folder."""

import threading
from pathlib import Path

import pytest

from kuangan.base import clock
from kuangan.monitor.door.listener import inspect
from kuangan.monitor.ingest.arrival import Arrival
from kuangan.monitor.ingest.care import Care
from kuangan.monitor.ingest.engine import Engine
from kuangan.monitor.journal import Journal
from kuangan.monitor.models import FeedFile
from kuangan.monitor.recovery.again import mark_again, upload_again
from kuangan.monitor.recovery.start import recover
from tests.db.monitor.feedtext import MINE, moment, name_of
from tests.db.monitor.mines import make_mine


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    """Every test has a data folder and a clock of its own, which stands at 09:00 of the day of the files."""
    monkeypatch.setenv("KUANGAN_DATA", str(tmp_path))
    clock.move(moment("09:00:00"))
    return tmp_path


@pytest.fixture
def mine(db):
    return make_mine()


class Works:
    """Journal and engine as the service runs them, without threads and sockets."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.start()

    def start(self) -> None:
        self.journal = Journal.open(self.root / "journal")
        self.engine = Engine(self.root, threading.Event())
        recover(self.engine, self.journal)
        self.care = Care(self.engine, self.root, self.again)

    def again(self, files) -> None:
        """Take files up again that were set apart, as the service does."""
        for file in files:
            upload = upload_again(self.journal.root, file)
            seq = self._journalled(upload, int(clock.now().timestamp()))
            mark_again(file, seq, clock.now())
        self.engine.commit(full=True)

    def crash(self) -> None:
        """Everything in memory is lost; journal, history and database stay."""
        self.journal.close()
        self.start()

    def receive(
        self, kind: str, clock_text: str, body: bytes, *, at: str | None = None, name: str | None = None
    ) -> int:
        """One upload, received at `at` (default: the file's own time), up to the database; its number."""
        seq = self.take(kind, clock_text, body, at=at, name=name)
        self.engine.commit(full=True)
        return seq

    def take(self, kind: str, clock_text: str, body: bytes, *, at: str | None = None, name: str | None = None) -> int:
        """The same without writing the group."""
        upload = inspect(MINE, name or name_of(kind, clock_text), "identity", body)
        return self._journalled(upload, int(moment(at or clock_text).timestamp()))

    def send(self, mine: str, name: str, body: bytes, at: int) -> int:
        """One upload of any mine, received at a second, up to the database; its number."""
        seq = self._journalled(inspect(mine, name, "identity", body), at)
        self.engine.commit(full=True)
        return seq

    def _journalled(self, upload, received: int) -> int:
        seq = self.journal.append(**upload.frame(), received_at=received).result()
        arrival = Arrival(
            seq, upload.mine, upload.name, upload.file_at, received, upload.content, upload.fault, upload.ahead
        )
        self.engine.take(arrival)
        return seq

    def statuses(self) -> list[str]:
        return list(FeedFile.objects.order_by("journal_seq").values_list("status", flat=True))

    def statuses_with_messages(self) -> list[tuple[str, str]]:
        return list(FeedFile.objects.order_by("journal_seq").values_list("status", "message"))


@pytest.fixture
def works(mine, data_folder):
    made = Works(data_folder)
    yield made
    made.journal.close()
