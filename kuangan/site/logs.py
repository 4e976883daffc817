"""Log lines that a stranger can cause without end: the first ones of a minute are written, then only their number."""

import logging
import time
from dataclasses import dataclass

MINUTE_S = 60.0
MOST_A_MINUTE = 20
"""Lines of one kind that are written in a minute."""
MOST_KINDS = 200


@dataclass
class _Count:
    began: float
    lines: int = 0


class Sparing(logging.Filter):
    """Lets through so many records of one kind (logger, format) a minute, and says of the rest how many there were.

    A request with a wrong host name is one line without a traceback: it is the sender's error, not ours.
    """

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        super().__init__()
        self.most = most
        self.counts: dict[tuple[str, str], _Count] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; it may be given a sentence on those left out before it."""
        if record.name == "django.security.DisallowedHost":
            record.exc_info = record.exc_text = None
            record.msg, record.args = "a request with a host name that is not ours was refused", ()
        count = self._count_of((record.name, str(record.msg)))
        count.lines += 1
        return count.lines <= self.most

    def _count_of(self, kind: tuple[str, str]) -> _Count:
        now = time.monotonic()
        count = self.counts.get(kind)
        if count is not None and now - count.began < MINUTE_S:
            return count
        if len(self.counts) >= MOST_KINDS:
            self.counts.clear()
        left_out = count.lines - self.most if count else 0
        if left_out > 0:
            logging.getLogger("kuangan.logs").warning("%d more lines like this were left out: %s", left_out, kind[1])
        self.counts[kind] = _Count(now)
        return self.counts[kind]
