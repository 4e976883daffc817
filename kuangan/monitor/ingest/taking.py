"""Which file is being taken, known also after the process was killed by it: its second death is its last.

The number stands in eight mapped bytes, which outlive the process without any call to the disk; how often a file was
under way when the process ended stands in a small file, written at a start only.
"""

import json
import mmap
import os
import struct
from pathlib import Path
from typing import Final

from kuangan.base.files import UnreadableFile, read_json, replace_file
from kuangan.monitor.database import on_wait

DEATHS: Final = 2
"""A file under way at so many ends of the process is set aside."""
_REMEMBERED: Final = 100
_NUMBER: Final = struct.Struct("<Q")


class Taking:
    """The file under way. One thread uses it."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._deaths_file = root / "taking.json"
        self._deaths = self._read_deaths()
        path = root / "taking"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size != _NUMBER.size:
                os.pwrite(
                    descriptor, bytes(_NUMBER.size), 0
                )  # a hole that a full disk can't fill would end the process
                os.ftruncate(descriptor, _NUMBER.size)
            self._map = mmap.mmap(descriptor, _NUMBER.size)
        finally:
            os.close(descriptor)
        (seq,) = _NUMBER.unpack_from(self._map)
        if seq:
            self._deaths[seq] = self._deaths.get(seq, 0) + 1
            newest = {str(key): self._deaths[key] for key in sorted(self._deaths)[-_REMEMBERED:]}
            replace_file(self._deaths_file, json.dumps(newest).encode())
            self.end()
        on_wait[:] = [self.end]

    def begin(self, seq: int) -> None:
        """This file is under way."""
        _NUMBER.pack_into(self._map, 0, seq)

    def end(self) -> None:
        """No file is under way."""
        _NUMBER.pack_into(self._map, 0, 0)

    def was_deadly(self, seq: int) -> bool:
        """Whether the process ended too often with this file under way."""
        return self._deaths.get(seq, 0) >= DEATHS

    def _read_deaths(self) -> dict[int, int]:
        try:
            read = read_json(self._deaths_file, remedy="已重新计数。")
            return {int(key): int(number) for key, number in read.items()}
        except (FileNotFoundError, UnreadableFile, AttributeError, TypeError, ValueError):  # counted anew
            return {}
