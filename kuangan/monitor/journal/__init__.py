"""Journal of received files: acknowledged only when on disk, replayed after a crash, the evidence of what came."""

from kuangan.monitor.journal.faults import JournalError, JournalFault
from kuangan.monitor.journal.frames import Damage, Frame
from kuangan.monitor.journal.opening import TornTail
from kuangan.monitor.journal.segments import (
    Gap,
    damages,
    expire,
    frame_at,
    frames_of,
    gaps_between,
    gaps_of,
    replay,
)
from kuangan.monitor.journal.writer import Journal

__all__ = [
    "Damage",
    "Frame",
    "Gap",
    "Journal",
    "JournalError",
    "JournalFault",
    "TornTail",
    "damages",
    "expire",
    "frame_at",
    "frames_of",
    "gaps_between",
    "gaps_of",
    "replay",
]  # fmt: skip
