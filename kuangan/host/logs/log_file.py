"""One process's log: a file a day, older days packed, a flood cut short, a full disk survived.

Files: `NAME.log` of today, `NAME-2026-11-28.log` until it is packed, then `NAME-2026-11-28.log.gz`; a day with too much
has `NAME-2026-11-28.1.log` and so on. How long they are kept is decided elsewhere.
"""

import os
import time
from datetime import date
from pathlib import Path
from typing import BinaryIO

PART_BYTES = 128 << 20
"""A day's file that has grown beyond this is put aside and a new one begun."""
LINES_A_MINUTE = 600
"""Lines of one process that are kept in a minute; what comes beyond is counted."""
AGAIN_SECONDS = 1.0
"""After a failed write the next one is tried after this."""


class Flood:
    """Lets so many lines a minute through and counts the rest."""

    def __init__(self) -> None:
        self._began = 0.0
        self._passed = 0
        self._held = 0

    def admit(self) -> tuple[bool, str]:
        """Whether the next line may pass, and what is to be said first about those held back ("" for nothing)."""
        now, said = time.monotonic(), ""
        if now - self._began >= 60:
            said = self.ended()
            self._began, self._passed = now, 0
        self._passed += 1
        if self._passed <= LINES_A_MINUTE:
            return True, said
        self._held += 1
        if self._held == 1:
            return False, said or f"（一分钟内输出已达 {LINES_A_MINUTE} 行，其余只计数，不再逐行记录）"
        return False, said

    def ended(self) -> str:
        """What is to be said about the lines held back, which are forgotten by it."""
        held, self._held = self._held, 0
        return f"（此前另有 {held} 行输出未记录）" if held else ""


class LogFile:
    """The log of the process ``name`` in the folder ``logs``."""

    def __init__(self, logs: Path, name: str) -> None:
        self.place = logs / f"{name}.log"
        self.name = name
        self.rotated = False
        self._file: BinaryIO | None = None
        self._day = time.strftime("%Y-%m-%d")
        self._size = 0
        self._lost = 0
        self._again = 0.0

    def line(self, text: str) -> None:
        """File one line with its moment. What the disk refuses is counted, and said when it takes lines again."""
        if self._file is None and time.monotonic() < self._again:
            self._lost += 1
            return
        try:
            self._write(text)
        except OSError:
            self._lost += 1
            self._again = time.monotonic() + AGAIN_SECONDS
            self._let_go()

    def _write(self, text: str) -> None:
        file = self._ready()
        if self._lost:
            self._put(file, f"（因日志无法写入，此前有 {self._lost} 行未记录）")
            self._lost = 0
        self._put(file, text)

    def _put(self, file: BinaryIO, text: str) -> None:
        moment = time.strftime("%Y-%m-%d %H:%M:%S")
        content = f"{moment} {text}\n".encode(errors="replace")
        file.write(content)
        self._size += len(content)

    def _ready(self) -> BinaryIO:
        today = time.strftime("%Y-%m-%d")
        if self._file is None:
            self._day, self._size = self._begun()
        if self._size and (self._day != today or self._size >= PART_BYTES):
            self._let_go()
            self.place.rename(self._free_name(self._day))
            self.rotated, self._size = True, 0
        self._day = today
        if self._file is None:
            descriptor = os.open(self.place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._file = os.fdopen(descriptor, "ab", buffering=0)
        return self._file

    def _begun(self) -> tuple[str, int]:
        """The day and size of the file that an earlier run left."""
        try:
            status = self.place.stat()
        except FileNotFoundError:
            return time.strftime("%Y-%m-%d"), 0
        return date.fromtimestamp(status.st_mtime).isoformat(), status.st_size  # noqa: DTZ012 (the day of the machine)

    def _free_name(self, day: str) -> Path:
        number = 0
        while True:
            tail = f".{number}" if number else ""
            place = self.place.with_name(f"{self.name}-{day}{tail}.log")
            if not place.exists() and not place.with_name(f"{place.name}.gz").exists():
                return place
            number += 1

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                return

    def close(self) -> None:
        self._let_go()
