"""What the supervisor has to say to the people who run the platform, handed to the sweep as small files.

The supervisor knows no database. It leaves each message in `run/troubles/`, where the sweep takes it up and makes an
incident of it; while nothing can be written, the messages wait in memory.
"""

import contextlib
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from kuangan.base.files import replace_file

FOLDER = "troubles"
MOST = 1000
"""Messages that wait at most; the oldest go first."""


@dataclass(frozen=True)
class Trouble:
    """One message. ``kind``, ``key``: as of an incident; ``over``: it has ended; ``call``: by SMS, too."""

    kind: str
    key: str
    text: str = ""
    call: bool = False
    over: bool = False


class Spool:
    """The supervisor's side: says something, and remembers what is not over."""

    def __init__(self, run: Path) -> None:
        self.folder = run / FOLDER
        self.open: dict[tuple[str, str], Trouble] = {}
        self._waiting: deque[Trouble] = deque(maxlen=MOST)
        self._number = 0

    def say(self, trouble: Trouble) -> None:
        """Hand the message on, in its turn."""
        if trouble.over:
            self.open.pop((trouble.kind, trouble.key), None)
        else:
            self.open[trouble.kind, trouble.key] = trouble
        self._waiting.append(trouble)
        self.flush()

    def flush(self) -> None:
        """Write what waits, as far as the disk takes it."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if self._waiting and not self._number:
                self._number = max([number_of(place) for place in self.folder.glob("*.json")], default=0)
            while self._waiting:
                place = self.folder / f"{self._number + 1:09}.json"
                replace_file(place, json.dumps(asdict(self._waiting[0]), ensure_ascii=False).encode())
                self._number += 1
                self._waiting.popleft()


def number_of(place: Path) -> int:
    """The number in a message's file name."""
    return int(place.stem) if place.stem.isdigit() else 0


def spooled(run: Path) -> Iterator[tuple[Path, Trouble | None]]:
    """The sweep's side: the messages in their order with their files, to be deleted when said; None for a damaged one."""
    for place in sorted((run / FOLDER).glob("*.json"), key=number_of):
        try:
            yield place, Trouble(**json.loads(place.read_bytes()))
        except (OSError, ValueError, TypeError):
            yield place, None
