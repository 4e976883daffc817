"""Journal of received files: acknowledged only when on disk, replayed after a crash, the evidence of what came."""

from kuangan.monitor.journal.frames import Damage, Frame
from kuangan.monitor.journal.segments import expire, frame_at, replay
from kuangan.monitor.journal.writer import Journal, JournalError, TornTail

__all__ = ["Damage", "Frame", "Journal", "JournalError", "TornTail", "expire", "frame_at", "replay"]
