"""Tables of `monitor`: how readings arrive, what they amount to, and where the ingest service stands."""

from kuangan.monitor.models.episode import (
    CalibrationFiling,
    Declaration,
    Episode,
    PowerState,
    Proposal,
    Silence,
    SilenceKind,
    SilenceLevel,
)
from kuangan.monitor.models.feed import FeedFile, FeedToken, FileStatus
from kuangan.monitor.models.state import Cursor, FoldSnapshot, HistoryPart, JournalGap, LiveRow

__all__ = [
    "CalibrationFiling",
    "Cursor",
    "Declaration",
    "Episode",
    "FeedFile",
    "FeedToken",
    "FileStatus",
    "FoldSnapshot",
    "HistoryPart",
    "JournalGap",
    "LiveRow",
    "PowerState",
    "Proposal",
    "Silence",
    "SilenceKind",
    "SilenceLevel",
]
