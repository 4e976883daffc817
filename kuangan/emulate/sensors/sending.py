"""Files on their way: to the ingest listener with each mine's token, or into a folder. What cannot be sent waits its turn."""

import http.client
from collections import defaultdict, deque
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from kuangan.emulate.sensors.wire import File

TIMEOUT_S: Final = 5.0
KEPT_FILES: Final = 3000
"""Files a mine keeps during an outage (a day of snapshots); the oldest go first."""
BACKLOG_AT_ONCE: Final = 25
"""Waiting files that a mine adds to each cycle once the way is free again."""


class Unreachable(Exception):
    """The other side does not take anything at the moment; the file is to be sent again."""


class SendingWay(Protocol):
    """Where files go. ``deliver`` returns whether the file was taken, raises :class:`Unreachable`."""

    def deliver(self, file: File) -> bool:
        """Whether the file was taken. Raises :class:`Unreachable`."""
        ...


class Folder:
    """Writes files below ``root/<mine code>/``, each complete or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def deliver(self, file: File) -> bool:
        """Write the file into the mine's folder."""
        place = self._root / file.mine_code
        place.mkdir(parents=True, exist_ok=True)
        draft = place / f".{file.name}.draft"
        draft.write_bytes(file.body)
        draft.replace(place / file.name)
        return True


class FilePoster:
    """Posts files to ``url`` over one kept connection."""

    def __init__(self, url: str, tokens: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"上传地址“{url}”不是 http(s) 地址；请检查 --url")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_S)
        self._target = parts.path or "/api/feeds"
        self._tokens = tokens

    def deliver(self, file: File) -> bool:
        """Post the file with the mine's token."""
        headers = {"Authorization": f"Bearer {self._tokens[file.mine_code]}", "X-Feed-File": file.name}
        try:
            self._connection.request("POST", self._target, file.body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self._connection.close()
            raise Unreachable(str(problem)) from problem
        if answer.status >= 500:
            raise Unreachable(f"HTTP {answer.status}")
        return answer.status < 300


class Sender:
    """Sends in order, mine by mine; counts what was taken and what was refused."""

    def __init__(self, way: SendingWay) -> None:
        self._way = way
        self._waiting: dict[str, deque[File]] = defaultdict(lambda: deque(maxlen=KEPT_FILES))
        self.taken = self.refused = self.failures = 0
        self.last_failure = ""

    @property
    def waiting(self) -> int:
        """Files not sent yet."""
        return sum(len(files) for files in self._waiting.values())

    def keep(self, files: list[File]) -> None:
        """Queue the files of one mine without sending: its line is down."""
        for file in files:
            self._waiting[file.mine_code].append(file)

    def send(self, mine_code: str, files: list[File]) -> None:
        """Queue these behind what waits already and send as many as one cycle may."""
        self.keep(files)
        queue = self._waiting[mine_code]
        for _ in range(min(len(queue), BACKLOG_AT_ONCE + len(files))):
            try:
                if self._way.deliver(queue[0]):
                    self.taken += 1
                else:
                    self.refused += 1
            except Unreachable as problem:
                self.failures += 1
                self.last_failure = str(problem)
                return
            queue.popleft()
