"""Receiving a file anew that was set apart: under a new number, so that a replay comes to the same result."""

from datetime import datetime
from pathlib import Path

from kuangan.base import clock
from kuangan.monitor.ingest_apart import APART, Again
from kuangan.monitor.journal.segments import frame_at
from kuangan.monitor.listener import Upload
from kuangan.monitor.models import FeedFile, FileStatus


def upload_again(journal: Path, again: Again) -> Upload | None:
    """The file as it came, with its time put right; None when the journal holds it no longer."""
    frame = frame_at(journal, again.seq)
    if frame is None:
        return None
    content = frame.content()
    at = frame.source_at - again.ahead
    return Upload(frame.mine, frame.name, frame.type, at, content, "identity", content, ahead=again.ahead)


def mark_again(again: Again, seq: int, at: datetime) -> None:
    """The old row says under which number the file was received anew; another process may have said so before."""
    message = f"时钟恢复正常后已于 {clock.civil(at):%Y-%m-%d %H:%M} 重新接收并判定，见流水号 {seq}。"
    rows = FeedFile.objects.filter(journal_id=again.journal, journal_seq=again.seq, status__in=APART)
    rows.update(status=FileStatus.again, message=message)
