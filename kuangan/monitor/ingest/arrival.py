"""One file on its way from the journal to the database, and the row that says what became of it."""

from dataclasses import dataclass

from kuangan.monitor.feeds import FeedError
from kuangan.monitor.ingest.convert import cut
from kuangan.monitor.ingest.outcome import FileOutcome
from kuangan.monitor.ingest.rows import FileRow
from kuangan.monitor.models import FileStatus


@dataclass(frozen=True, slots=True)
class Arrival:
    """One journalled file: its number, the mine that sent it, and its decoded bytes. Times in seconds UTC.

    `fault`: it was refused at the door already. `ahead`: it was set apart before, for a clock that was so many seconds
    ahead; `file_at` is the time put right.
    """

    seq: int
    mine: str
    name: str
    file_at: int
    received_at: int
    content: bytes
    fault: FeedError | None = None
    ahead: int = 0


def file_row(
    arrival: Arrival, mine_id: int, digest: str, outcome: FileOutcome | None, status: FileStatus, message: str
) -> FileRow:
    """The row of a file; `outcome` None: nothing of it was taken over."""
    return FileRow(
        mine_id=mine_id,
        type=cut(outcome.type if outcome else _type_in(arrival.name), 12),
        name=cut(arrival.name, 120),
        sha256=digest,
        header_at=outcome.header.at - arrival.ahead if outcome else arrival.file_at or None,
        received_at=arrival.received_at,
        seq=arrival.seq,
        size=len(arrival.content),
        records=outcome.records if outcome else 0,
        bad=len(outcome.bad) if outcome else 0,
        status=status.value,
        message=message,
    )


def _type_in(name: str) -> str:
    """The type a file's name claims."""
    parts = name.split("_")
    return parts[1].upper() if len(parts) > 1 else ""
